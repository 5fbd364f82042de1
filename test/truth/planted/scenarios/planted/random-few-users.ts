import { randomScenario } from '../lib/random.ts'

export default randomScenario({ paths: ['/random'], longestIterationMs: 20 })
