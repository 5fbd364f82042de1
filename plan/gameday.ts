import { existsSync, readdirSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { faults } from '../chaos/faults/index.ts'
import { durationMs } from '../model/duration.ts'
import { HoldfastError, messageOf } from '../model/errors.ts'
import type { FaultBase } from '../model/fault.ts'
import type { GameDay, Guard } from '../model/gameday.ts'
import { objectiveSchema } from '../model/objectives.ts'
import { didYouMean, durationSchema, parseStrict } from '../model/parse.ts'
import { profileNames } from '../model/profile.ts'
import { environments } from '../model/system.ts'

/** A game day as it was found. */
export interface LoadedGameDay {
  /** `batchsender/demo`, or the path for a file elsewhere. */
  name: string
  /** Relative to the project folder: what errors begin with. */
  file: string
  gameDay: GameDay
}

/**
 * Loads `gamedays/<name>.ts`, or a file by its path, and checks it. Faults are checked by their own
 * kinds when they are planned.
 * @throws HoldfastError that says what is wrong and what is allowed.
 */
export const loadGameDay = async (projectDir: string, nameOrPath: string): Promise<LoadedGameDay> => {
  const path = findGameDay(projectDir, nameOrPath)
  const file = relative(projectDir, path).startsWith('..') ? path : relative(projectDir, path)
  let module: Record<string, unknown>
  try {
    module = (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (error) {
    throw new HoldfastError(`${file}: cannot be loaded: ${messageOf(error).split('\n')[0]}`, { cause: error })
  }
  if (module.default === undefined) {
    throw new HoldfastError(`${file}: has no default export`, {
      hint: 'Write `export default { ... } satisfies GameDay`.',
    })
  }
  const name = /^gamedays\/(.+)\.ts$/.exec(file)?.[1] ?? file
  return { name, file, gameDay: checkGameDay(module.default, file) }
}

/** Names of all game days: `batchsender/demo`. */
export const gameDayNames = (projectDir: string): string[] => {
  const root = join(projectDir, 'gamedays')
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3))
    .sort()
}

/** @throws HoldfastError: `gamedays/x.ts: load[0].profile: "large" is not allowed`. */
export const checkGameDay = (value: unknown, file: string): GameDay => parseStrict(gameDaySchema, value, file)

const findGameDay = (projectDir: string, nameOrPath: string): string => {
  if (nameOrPath.endsWith('.ts')) {
    const path = isAbsolute(nameOrPath) ? nameOrPath : resolve(projectDir, nameOrPath)
    if (existsSync(path)) return path
    throw new HoldfastError(`${nameOrPath}: there is no such file`)
  }
  const names = gameDayNames(projectDir)
  if (names.includes(nameOrPath)) return join(projectDir, 'gamedays', `${nameOrPath}.ts`)
  throw new HoldfastError(`there is no game day "${nameOrPath}"`, { hint: didYouMean(nameOrPath, names) })
}

const ratio = z.number().gt(0, 'must be above 0').max(1, 'must be at most 1')

const guardSchema: z.ZodType<Guard> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('errorRatio'), aboveRatio: ratio, for: durationSchema }),
  z.strictObject({
    kind: z.literal('latency'),
    percentile: z.number().gt(0, 'must be above 0').lt(100, 'must be below 100'),
    aboveMs: z.number().positive('must be above 0'),
    for: durationSchema,
  }),
  z.strictObject({ kind: z.literal('achievedRate'), belowRatio: ratio, for: durationSchema }),
  z.strictObject({
    kind: z.literal('http'),
    url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
    expect: z.int().min(100, 'must be an HTTP status').max(599, 'must be an HTTP status').optional(),
    for: durationSchema,
  }),
  z.strictObject({
    kind: z.literal('command'),
    argv: z.array(z.string().min(1)).min(1, 'must name a program'),
    for: durationSchema,
  }),
])

const faultSchema: z.ZodType<FaultBase> = z.looseObject({
  kind: z.enum(Object.keys(faults) as [string, ...string[]]),
  at: durationSchema,
  for: durationSchema.optional(),
  title: z.string().optional(),
})

const positive = durationSchema.refine((value) => isPositive(value), 'must be above 0')

const isPositive = (value: string | number): boolean => {
  try {
    return durationMs(value) > 0
  } catch {
    return true // durationSchema has said what is wrong with it
  }
}

const gameDaySchema: z.ZodType<GameDay> = z.strictObject({
  title: z.string().min(1),
  purpose: z.string().min(1),
  system: z.string().min(1),
  environments: z.array(z.enum(environments)).min(1, 'must name an environment').optional(),
  load: z
    .array(
      z.strictObject({
        scenario: z.string().min(1),
        profile: z.enum(profileNames).optional(),
        rateFactor: z.number().positive('must be above 0').optional(),
      }),
    )
    .min(1, 'must name a scenario'),
  warmUp: durationSchema,
  steady: positive,
  faults: z.array(faultSchema),
  recovery: z.strictObject({ for: positive, stableFor: positive }).optional(),
  readBackWithin: durationSchema.optional(),
  guards: z.array(guardSchema).optional(),
  blastRadius: z.record(z.string(), z.int().min(0, 'must not be negative')).optional(),
  sloFile: z.string().min(1).optional(),
  objectives: z.array(objectiveSchema).optional(),
  leavesOut: z.array(z.string().min(1)).optional(),
  faultsDespiteBreach: z.boolean().optional(),
  capacity: z
    .strictObject({
      from: z.number().positive('must be above 0').optional(),
      upTo: z.number().positive('must be above 0'),
      growth: z.number().gt(1, 'must be above 1').optional(),
      precisionRatio: z.number().min(0.01, 'must be at least 0.01').optional(),
      step: positive.optional(),
    })
    .optional(),
  baseline: z
    .union([
      z.string().min(1),
      z.strictObject({
        run: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
        gates: z.boolean().optional(),
      }),
    ])
    .optional(),
  systemOptions: z.record(z.string(), z.string()).optional(),
  weaknesses: z.array(z.string()).optional(),
  profile: z.enum(profileNames).optional(),
  notInAll: z.string().min(1).optional(),
})
