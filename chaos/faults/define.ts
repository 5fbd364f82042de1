import { z } from 'zod'
import { type Duration, durationMs } from '../../model/duration.ts'
import type { FaultBase, Target } from '../../model/fault.ts'
import { durationSchema, parseStrict } from '../../model/parse.ts'

/** Keys that every fault may have; a kind's schema spreads these and adds its own. */
export const baseShape = {
  at: durationSchema,
  title: z.string().min(1).optional(),
  probe: z.array(z.string()).min(1).optional(),
}

/** For kinds that are held and then removed. */
export const heldShape = { ...baseShape, for: durationSchema }

/** What a game day writes for a fault: everything but `kind`, which the constructor adds. */
export type Written<F extends FaultBase> = Omit<F, 'kind'>

/** The `parse` of a fault kind from its schema. */
export const parser =
  <F extends FaultBase>(schema: z.ZodType<F>) =>
  (value: unknown, place: string): F =>
    parseStrict(schema, value, place)

/** Instances of a component target; other targets have none. */
export const instancesOf = (target: Target): string[] => (target.kind === 'component' ? target.instances : [])

/** Proxies of a link target; other targets have none. */
export const proxiesOf = (target: Target): string[] => (target.kind === 'link' ? target.proxies : [])

/** Stress ends by itself this long after its planned end, should nobody be left to remove it. */
export const stressGraceMs = 5_000

/** Of what is done to a cluster itself: how long doing it, showing it and undoing it may take, each. */
export const timeoutShape = { timeout: durationSchema.optional() }
export const timeoutMsOf = ({ timeout = '60s' }: { timeout?: Duration | undefined }): number => durationMs(timeout)
