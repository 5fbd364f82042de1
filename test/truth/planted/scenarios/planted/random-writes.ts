import { randomScenario } from '../lib/random.ts'

export default randomScenario({ paths: ['/random'], method: 'POST', longestIterationMs: 2000 })
