import { onTestFailed, onTestFinished } from 'vitest'
import { type Command, holdfastIn } from '../integration/holdfast-command.ts'

/** The command line, inside of a test: what a failed one leaves running is ended, and what it said is shown. */
export const startHoldfast = (folder: string, args: string[], env: Record<string, string> = {}): Command => {
  const command = holdfastIn(folder, env, ...args)
  onTestFailed(() => console.log(`holdfast ${args.join(' ')}\n${command.said()}`))
  onTestFinished(() => void command.child.kill('SIGKILL'))
  return command
}
