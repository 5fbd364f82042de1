import http from 'k6/http'
import { defineScenario, type Scenario } from '../../../../../scenarios/lib/define.ts'
import { acknowledge, request } from '../../../../../scenarios/lib/request.ts'

interface Planted {
  path: string
  perSecond: number
  timeoutMs: number
  /** Writes carry an id and are acknowledged by a 200. */
  method?: 'GET' | 'POST'
  /** Scenario variable that holds another server's address. */
  urlEnv?: string
  /** Tells the server afterwards, past our own samples, how long the client waited. */
  witness?: boolean
}

/** One request per iteration to one path of the planted server, with its number and the time it was sent. */
export const planted = ({ path, perSecond, timeoutMs, method = 'GET', urlEnv, witness = false }: Planted): Scenario => {
  const name = `${method} ${path}`
  const profile = { description: `${perSecond}/s`, seconds: 10, arrivals: { perSecond } }
  return defineScenario({
    description: `What is planted at ${path}`,
    sli: name,
    requests: { [name]: 1 },
    longestIterationMs: witness ? 2 * timeoutMs : timeoutMs,
    profiles: { smoke: profile, short: profile, full: profile },
    run: ({ n, writeId, baseUrl }) => {
      const id = method === 'POST' ? `&id=${writeId}` : ''
      const server = urlEnv === undefined ? baseUrl : String(__ENV[urlEnv])
      const sentMs = Date.now()
      const url = `${server}${path}?n=${n}${id}&sent=${sentMs}`
      const { ok } = request({ name, method, url, timeoutMs, expect: [200] })
      const waitedMs = Date.now() - sentMs
      if (witness) http.get(`${server}/witness?path=${path}&n=${n}&waited=${waitedMs}`, { tags: { name: 'witness' } })
      if (ok && method === 'POST') acknowledge(n)
    },
  })
}
