import { type Pod, podSeries } from '../model/cluster.ts'
import type { Sampled } from './sampler.ts'

/**
 * Per component its ready pods, and the restarts of its containers since the run began. All components that are
 * looked at in the same moment share one list of the namespace's pods.
 * @param selectors labels of each component's pods
 */
export const sampledPods = (
  selectors: Record<string, Record<string, string>>,
  listPods: () => Promise<Pod[]>,
): Sampled[] => {
  let listing: Promise<Pod[]> | null = null
  const list = (): Promise<Pod[]> => {
    listing ??= listPods().finally(() => {
      listing = null
    })
    return listing
  }
  return Object.entries(selectors).map(([component, labels]) => {
    const restarts = new RestartCounter()
    return {
      component,
      process: () => null,
      usage: async () => {
        const pods = (await list()).filter((pod) => hasLabels(pod, labels))
        return {
          [podSeries.ready]: pods.filter(({ ready, ending }) => ready && !ending).length,
          [podSeries.restarts]: restarts.count(pods),
        }
      },
      metricsUrl: null,
    }
  })
}

const hasLabels = (pod: Pod, labels: Record<string, string>): boolean =>
  Object.entries(labels).every(([key, value]) => pod.labels[key] === value)

/** A pod keeps its own count from before the run, and takes it along when it goes. */
class RestartCounter {
  #seen = new Map<string, number>()
  #isFirst = true
  #total = 0

  count(pods: Pod[]): number {
    for (const { uid, restarts } of pods) {
      const before = this.#seen.get(uid) ?? (this.#isFirst ? restarts : 0)
      this.#total += Math.max(0, restarts - before)
      this.#seen.set(uid, restarts)
    }
    this.#isFirst = false
    return this.#total
  }
}
