import { HoldfastError } from '../../model/errors.ts'

/**
 * Toxics behave as their version does, so every environment uses the same one.
 * @param answer what `/version` answered
 * @throws HoldfastError when it is another version than the pinned one, or says none
 */
export const requireToxiproxyVersion = (answer: string, pinned: string): void => {
  const said = /"version"\s*:\s*"v?([^"\s]{1,40})"/.exec(answer)?.[1]
  if (said === pinned) return
  throw new HoldfastError(`Toxiproxy is ${said === undefined ? 'of an unknown version' : said}, not ${pinned}`, {
    hint: 'Faults of two versions cannot be compared. Unset HOLDFAST_IMAGE_TOXIPROXY, or name an image of this version.',
    exitCode: 2,
  })
}
