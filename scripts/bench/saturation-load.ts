import http from 'k6/http'
import { iterationStarted, request } from '../../scenarios/lib/request.ts'

// Runs inside k6. A closed loop on purpose: it goes as fast as k6 can, which no test of a system should.
export const options = {
  scenarios: { load: { executor: 'constant-vus', vus: 20, duration: `${__ENV.BENCH_SECONDS}s`, gracefulStop: '1s' } },
  discardResponseBodies: true,
  systemTags: ['scenario', 'name', 'method', 'status', 'error', 'error_code', 'expected_response'],
}

const url = `${__ENV.BENCH_URL}/`

/** The least that k6 can do for a request, and a request as scenarios send it. */
const loads: Record<string, () => void> = {
  plain: () => void http.get(url, { tags: { name: 'GET /' } }),
  helper: () => {
    iterationStarted()
    request({ name: 'GET /', method: 'GET', url, timeoutMs: 5000, expect: [200] })
  },
}

export default loads[String(__ENV.BENCH_LOAD)] ?? (() => {})
