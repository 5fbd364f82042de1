import { durationMs } from '../model/duration.ts'
import { HoldfastError } from '../model/errors.ts'
import type { GameDay } from '../model/gameday.ts'
import type { Plan } from '../model/plan.ts'
import type { System } from '../model/system.ts'

/** Longer than the documented lag of most read models, and short beside a run. */
const usualMs = 30_000
const mostMs = 3_600_000

/**
 * How long the final read asks for writes that are missing.
 * @throws HoldfastError when it is set where nothing is read back, or to more than an hour
 */
export const readBackOf = (
  { readBackWithin }: Pick<GameDay, 'readBackWithin'>,
  system: Pick<System, 'name' | 'audit'>,
  file: string,
): Pick<Plan, 'readBackWithinMs'> => {
  const place = `${file}: readBackWithin`
  if (system.audit === undefined) {
    if (readBackWithin === undefined) return {}
    throw new HoldfastError(`${place}: ${system.name} has no audit, so no write is read back`, {
      hint: 'Leave it out, or give the system an audit: docs/adding-a-system.md.',
    })
  }
  const readBackWithinMs = readBackWithin === undefined ? usualMs : durationMs(readBackWithin, place)
  if (readBackWithinMs <= mostMs) return { readBackWithinMs }
  throw new HoldfastError(`${place}: ${readBackWithin} is longer than 1h`, {
    hint: 'A write that cannot be read for so long is lost to its users.',
  })
}
