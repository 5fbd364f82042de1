import { HoldfastError } from '../model/errors.ts'
import { exitCodes } from '../model/exit-codes.ts'

/** How k6 ended. */
export interface K6Exit {
  code: number | null
  signal: string | null
}

/** k6's exit codes (its `errext/exitcodes`), as what happened. */
const meanings: Record<number, string> = {
  97: 'a test in the cloud failed to start',
  98: 'a test in the cloud failed',
  99: "a threshold of the scenario's own failed",
  100: 'setup() took too long',
  101: 'teardown() took too long',
  102: 'k6 waited too long',
  103: 'something stopped k6 through its REST API',
  104: 'k6 refuses the options of the scenarios',
  105: 'something stopped k6 by a signal',
  106: "k6's REST API could not be started",
  107: 'a scenario threw an exception outside of its iterations (in its own code, setup() or teardown())',
  108: 'the scenario aborted the test',
  109: 'k6 crashed',
  110: 'the scenario marked the test as failed',
}

/**
 * Why a load that ended with this exit breaks the run: one sentence with k6's own last words.
 * @param lastWords k6's last error, empty when it logged none
 */
export const k6Failure = ({ code, signal }: K6Exit, lastWords: string): HoldfastError => {
  const meaning = code === null ? undefined : meanings[code]
  const what = meaning ?? `k6 ended with ${signal ?? `exit code ${code}`}`
  const why = reasonIn(lastWords)
  const hint = meaning === undefined ? "k6's log is in the record: k6.log." : `k6 ended with exit code ${code}.`
  return new HoldfastError(why === '' ? what : `${what}: ${why}`, { hint, exitCode: exitCodes.inconclusive })
}

/** What the script gave as the reason, without k6's own words around it and without a stack. */
const reasonIn = (lastWords: string): string =>
  (lastWords.split('\n')[0] ?? '').replace(/^test (aborted|marked as failed): /, '').replace(/\s+at \S+ \(.*$/, '')
