import { iterationStarted, request } from '../../scenarios/lib/request.ts'

// Runs inside k6. A closed loop on purpose: it goes as fast as k6 can, which no test of a system should.
export const options = {
  scenarios: { load: { executor: 'constant-vus', vus: 20, duration: `${__ENV.BENCH_SECONDS}s`, gracefulStop: '1s' } },
  discardResponseBodies: true,
  systemTags: ['scenario', 'name', 'method', 'status', 'error', 'error_code', 'expected_response'],
}

export default (): void => {
  iterationStarted()
  request({ name: 'GET /', method: 'GET', url: `${__ENV.BENCH_URL}/`, timeoutMs: 5000, expect: [200] })
}
