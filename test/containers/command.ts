import { onTestFailed } from 'vitest'
import { type Command, holdfastIn } from '../integration/holdfast-command.ts'

/** The command line, inside of a test: what it said is shown when that fails. `endStarted` ends what it leaves running. */
export const startHoldfast = (folder: string, args: string[], env: Record<string, string> = {}): Command => {
  const command = holdfastIn(folder, env, ...args)
  onTestFailed(() => console.log(`holdfast ${args.join(' ')}\n${command.said()}`))
  return command
}
