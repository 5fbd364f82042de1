import { z } from 'zod'
import type { Duration } from '../../model/duration.ts'
import { durationMs } from '../../model/duration.ts'
import type { CommandLine, FaultBase, FaultKind } from '../../model/fault.ts'
import { durationSchema } from '../../model/parse.ts'
import type { Written } from './define.ts'
import { baseShape, parser } from './define.ts'

/**
 * Any step of a runbook: drain, failover, scale, rollback, restore. Command lines, run without a shell; all go into the
 * record: no secrets in them.
 *
 * Held, with `undo` and `for`: `probe` exits 0 while the fault is active and otherwise when it is not; `undo` must also
 * work when `inject` did nothing. Once, without them (a kill, after which systemd starts it again): `probe` exits 0 when it
 * has happened, and recovery counts from the impact.
 */
export interface CommandFault extends FaultBase {
  kind: 'command'
  title: string
  inject: string[]
  probe: string[]
  undo?: string[] | undefined
  /** Longest time of each command; 30 s unless said. */
  timeout?: Duration | undefined
}

/**
 * `command({ title: 'drain node', inject: ['kubectl', 'drain', 'n1'], probe: [...], undo: [...], at: '0s', for: '30s' })`, or once:
 * `command({ title: 'kill the app', inject: ['pkill', '-9', 'app'], probe: [...], at: '0s' })`
 */
export const command = (fault: Written<CommandFault>): CommandFault => ({ kind: 'command', ...fault })

const argv = z
  .array(z.string())
  .min(1, 'must hold a program')
  .refine((words) => words[0] !== '', 'must hold a program')

export const commandKind: FaultKind<CommandFault> = {
  kind: 'command',
  summary: 'Runs a command to inject, one to probe and one to undo: any runbook step. Without undo it happens once.',
  oneShot: ({ undo }) => undo === undefined,
  environments: ['local', 'containers', 'kubernetes', 'external'],
  parse: parser(
    z
      .strictObject({
        ...baseShape,
        for: durationSchema.optional(),
        kind: z.literal('command'),
        title: z.string().min(1),
        inject: argv,
        probe: argv,
        undo: argv.optional(),
        timeout: durationSchema.optional(),
      })
      .superRefine((fault, context) => {
        if ((fault.undo === undefined) === (fault.for === undefined)) return
        const [path, message] =
          fault.undo === undefined
            ? ['undo', 'is missing: what is held must be undone; without undo and for it happens once']
            : ['for', 'is missing: how long to hold it; without undo and for it happens once']
        context.addIssue({ code: 'custom', path: [path], message })
      }),
  ),
  label: (fault) => fault.title,
  target: () => ({ kind: 'none' }),
  local: (fault) => {
    const line = (words: string[]): CommandLine => ({ argv: words, timeoutMs: durationMs(fault.timeout ?? '30s') })
    const undo = fault.undo && { undo: line(fault.undo) }
    return [{ driver: 'command', inject: line(fault.inject), probe: line(fault.probe), ...undo }]
  },
}
