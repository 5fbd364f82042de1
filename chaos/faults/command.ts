import { z } from 'zod'
import type { Duration } from '../../model/duration.ts'
import { durationMs } from '../../model/duration.ts'
import type { CommandLine, FaultBase, FaultKind } from '../../model/fault.ts'
import { durationSchema } from '../../model/parse.ts'
import type { Written } from './define.ts'
import { heldShape, parser } from './define.ts'

/**
 * Any step of a runbook: drain, failover, scale, rollback, restore. Three command lines, run without
 * a shell. `probe` exits 0 while the fault is active and otherwise when it is not; `undo` must also
 * work when `inject` did nothing. All three go into the record: no secrets in them.
 */
export interface CommandFault extends FaultBase {
  kind: 'command'
  for: NonNullable<FaultBase['for']>
  title: string
  inject: string[]
  probe: string[]
  undo: string[]
  /** Longest time of each command; 30 s unless said. */
  timeout?: Duration | undefined
}

/** `command({ title: 'drain node', inject: ['kubectl', 'drain', 'n1'], probe: [...], undo: [...], at: '0s', for: '30s' })` */
export const command = (fault: Written<CommandFault>): CommandFault => ({ kind: 'command', ...fault })

const argv = z
  .array(z.string())
  .min(1, 'must hold a program')
  .refine((words) => words[0] !== '', 'must hold a program')

export const commandKind: FaultKind<CommandFault> = {
  kind: 'command',
  summary: 'Runs a command to inject, one to probe and one to undo: any runbook step.',
  oneShot: false,
  environments: ['local', 'containers', 'kubernetes', 'external'],
  parse: parser(
    z.strictObject({
      ...heldShape,
      kind: z.literal('command'),
      title: z.string().min(1),
      inject: argv,
      probe: argv,
      undo: argv,
      timeout: durationSchema.optional(),
    }),
  ),
  label: (fault) => fault.title,
  target: () => ({ kind: 'none' }),
  local: (fault) => {
    const line = (words: string[]): CommandLine => ({ argv: words, timeoutMs: durationMs(fault.timeout ?? '30s') })
    return [{ driver: 'command', inject: line(fault.inject), probe: line(fault.probe), undo: line(fault.undo) }]
  },
}
