import { check, fail, sleep } from 'k6'
import exec from 'k6/execution'
import { defineScenario, type Scenario } from '../../../../../scenarios/lib/define.ts'
import { acknowledge, request } from '../../../../../scenarios/lib/request.ts'

/** How a scenario itself misbehaves, in a share of its iterations. */
export interface Misbehaviour {
  how: 'throw-before' | 'throw-after' | 'reject' | 'fail' | 'throw-in-check' | 'failing-check' | 'abort' | 'think'
  /** Every so many-th iteration. */
  every: number
  /** From this iteration on. */
  fromN: number
  /** Only `think`. */
  seconds?: number
}

interface RandomScenario {
  paths: string[]
  method?: 'GET' | 'POST'
  /** As the scenario declares it. */
  longestIterationMs: number
}

const timeoutMs = 2000

/** One request per iteration, to each path in turn, at 50/s; misbehaves as the run's variables say. */
export const randomScenario = ({ paths, method = 'GET', longestIterationMs }: RandomScenario): Scenario => {
  const misbehaviour = JSON.parse(__ENV.PLANTED_MISBEHAVIOUR ?? 'null') as Misbehaviour | null
  const profile = { description: '50/s', seconds: 10, arrivals: { perSecond: 50 } }
  const nameOf = (path: string) => `${method} ${path}`
  return defineScenario({
    description: `What is planted at ${paths.join(', ')}`,
    sli: nameOf(paths[0] ?? ''),
    requests: Object.fromEntries(paths.map((path) => [nameOf(path), 1 / paths.length])),
    longestIterationMs,
    profiles: { smoke: profile, short: profile, full: profile },
    run: ({ n, writeId, baseUrl }) => {
      const isHit = misbehaviour !== null && n >= misbehaviour.fromN && n % misbehaviour.every === 0
      const how = isHit ? misbehaviour.how : undefined
      if (how === 'throw-before') throw new Error('planted before the request')
      if (how === 'fail') fail('planted by fail()')
      if (how === 'reject') return Promise.reject(new Error('planted rejection'))
      if (how === 'abort') exec.test.abort('planted abort')
      const path = paths[n % paths.length] ?? ''
      const id = method === 'POST' ? `&id=${writeId}` : ''
      const url = `${baseUrl}${path}?n=${n}${id}&sent=${Date.now()}`
      const { ok } = request({
        name: nameOf(path),
        method,
        url,
        timeoutMs,
        expect: [200],
        check: () => {
          if (how === 'throw-in-check') throw new Error('planted in the check')
          return null
        },
      })
      if (ok && method === 'POST') acknowledge(n)
      if (how === 'failing-check') check(null, { 'planted check': () => false })
      if (how === 'think') sleep(misbehaviour?.seconds ?? 0)
      if (how === 'throw-after') throw new Error('planted after the request')
    },
  })
}
