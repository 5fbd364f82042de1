import { rmSync } from 'node:fs'
import { p95Below } from '../../test/truth/planted/objectives.ts'
import { runPlanted } from '../../test/truth/planted/run.ts'
import type { BenchPart } from './part.ts'

const perSecond = 1000
const steadyMs = 15_000

/** A real run against the planted server at 1,000 requests/s: the CPU of Holdfast's own process, which is this one. */
export const overhead: BenchPart = {
  summary: "CPU of Holdfast's own process at 1,000 requests/s",
  measure: async () => {
    const marks: { phase: string; atMs: number; cpu: NodeJS.CpuUsage }[] = []
    const result = await runPlanted({
      name: 'bench-overhead',
      scenarios: ['healthy'],
      rateFactor: perSecond / 50,
      plants: { '/healthy': { latency: { kind: 'fixed', ms: 5 } } },
      warmUpMs: 3000,
      steadyMs,
      objectives: [p95Below('GET /healthy', 500)],
      listener: { onPhase: (phase) => marks.push({ phase, atMs: performance.now(), cpu: process.cpuUsage() }) },
    })
    rmSync(result.recordDir, { recursive: true, force: true })
    const from = marks.find(({ phase }) => phase === 'steady')
    const to = marks.find(({ phase }) => phase === 'audit')
    if (!from || !to) throw new Error('the run did not reach its end')
    const cpuMs = (to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system) / 1000
    return [
      {
        name: "Holdfast's own CPU at 1,000 requests/s",
        value: (100 * cpuMs) / (to.atMs - from.atMs),
        unit: '% of a core',
        limit: { op: '<=', value: 5 },
      },
      { name: 'requests achieved', value: result.verdict.load.steadyAchievedPerSecond, unit: '/s' },
      { name: 'resident memory of this process', value: process.memoryUsage().rss / 1e6, unit: 'MB' },
    ]
  },
}
