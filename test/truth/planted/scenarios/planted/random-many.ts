import { randomScenario } from '../lib/random.ts'

export default randomScenario({ paths: Array.from({ length: 10 }, (_, i) => `/random-${i}`), longestIterationMs: 2000 })
