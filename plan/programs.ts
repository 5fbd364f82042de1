import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { HoldfastError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'

/** Where programs are looked for: as the run itself will start them. */
export interface ProgramPlaces {
  /** Relative paths count from here. */
  workingDir: string
  /** The variable PATH. */
  path: string | undefined
}

/** As the C library has it, where PATH is not set. */
const usualPath = '/usr/bin:/bin'

/**
 * Refuses a plan whose commands could not be started: an inject that fails to start does nothing, and an undo that does
 * leaves the fault.
 * @param file begins the error
 * @throws HoldfastError that names the command, the program and why it cannot be started
 */
export const refuseMissingPrograms = (
  { faults, guards }: Pick<Plan, 'faults' | 'guards'>,
  places: ProgramPlaces,
  file: string,
): void => {
  const steps = faults.flatMap(({ label, injections }) =>
    injections.flatMap((injection) => {
      if (injection.driver === 'chaos-mesh' && injection.probe)
        return [{ step: `${label}: probe`, argv: injection.probe.argv }]
      if (injection.driver !== 'command') return []
      const { inject, probe, undo } = injection
      return Object.entries({ inject, probe, undo }).flatMap(([name, command]) =>
        command === undefined ? [] : [{ step: `${label}: ${name}`, argv: command.argv }],
      )
    }),
  )
  const guarded = guards.flatMap((guard) => (guard.kind === 'command' ? [{ step: 'guard', argv: guard.argv }] : []))
  for (const { step, argv } of [...steps, ...guarded]) {
    const why = whyNotStarted(argv[0] ?? '', places)
    if (why === null) continue
    const from = argv[0]?.includes('/') ? `It counts from ${places.workingDir}.` : 'It is looked for in PATH.'
    throw new HoldfastError(`${file}: ${step}: ${why}`, {
      hint: `${from} Commands are started without a shell: write a program and its arguments.`,
    })
  }
}

/** Why a program can't be started; null when it can. */
const whyNotStarted = (program: string, { workingDir, path = usualPath }: ProgramPlaces): string | null => {
  if (program.includes('/')) return whyNotRunnable(program, resolve(workingDir, program))
  const files = path.split(delimiter).map((dir) => resolve(workingDir, dir, program))
  const reasons = files.map((file) => whyNotRunnable(join(file), file))
  if (reasons.includes(null)) return null
  // One that is there and can't be started says more than one that is not there.
  return reasons.find((reason) => reason !== null && !reason.startsWith(missing)) ?? `${missing} "${program}"`
}

const missing = 'there is no program'

const whyNotRunnable = (name: string, file: string): string | null => {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return `${missing} "${name}"`
  if (!stat.isFile()) return `"${name}" is not a file`
  try {
    accessSync(file, constants.X_OK)
  } catch {
    return `"${name}" is not executable (chmod +x)`
  }
  const interpreter = interpreterOf(file)
  return interpreter === null || statSync(interpreter, { throwIfNoEntry: false }) !== undefined
    ? null
    : `"${name}" needs the interpreter ${interpreter}, which is not there`
}

/** What a script names after `#!`; null for everything else, and for one that may not be read. */
const interpreterOf = (file: string): string | null => {
  try {
    const open = openSync(file, 'r')
    try {
      const head = Buffer.alloc(256)
      const length = readSync(open, head, 0, head.length, 0)
      return /^#!\s*(\/\S+)/.exec(head.toString('latin1', 0, length))?.[1] ?? null
    } finally {
      closeSync(open)
    }
  } catch {
    return null
  }
}
