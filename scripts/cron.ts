import { HoldfastError } from '../model/errors.ts'

/**
 * The five fields of a schedule. What they mean is the cluster's to check.
 * @param what begins the error: `manifests cronjob`
 * @throws HoldfastError when they are not five
 */
export const fiveFields = (schedule: string | undefined, what: string): string => {
  if (schedule !== undefined && schedule.trim().split(/\s+/).length === 5) return schedule.trim()
  throw new HoldfastError(`${what} needs --schedule with five fields`, {
    hint: "For instance --schedule '0 10 * * 2': Tuesdays at ten.",
  })
}
