import { SetupError } from '../../bootstrap/errors.js'
import { startCluster } from './cluster.ts'

/**
 * A cluster to play with: `node test/cluster/up.ts [folder]` prints the path of its kubeconfig; Ctrl-C takes it down.
 */
const [, , folder] = process.argv

const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
})

try {
  const startedAt = performance.now()
  const cluster = await startCluster(folder === undefined ? {} : { folder })
  console.log(cluster.kubeconfig)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.error(
    `✔ up in ${seconds} s: kubectl --kubeconfig ${cluster.kubeconfig} --context ${cluster.context} get nodes`,
  )
  console.error('  Ctrl-C takes it down.')
  const alive = setInterval(() => {}, 60_000)
  await interrupted
  clearInterval(alive)
  await cluster.stop()
} catch (error) {
  console.error(
    `✕ ${(error as Error).message}${error instanceof SetupError && error.hint !== '' ? `\n  ${error.hint}` : ''}`,
  )
  process.exitCode = 2
}
