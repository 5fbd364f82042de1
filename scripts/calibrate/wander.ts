export type Random = () => number

export const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** A stationary AR(1) series with mean 0 and variance 1; a memory of 0 steps is white noise. */
export const wander = (length: number, memorySteps: number, random: Random): number[] => {
  const memory = memorySteps === 0 ? 0 : Math.exp(-1 / memorySteps)
  let state = gaussian(random)
  return Array.from({ length }, () => {
    const here = state
    state = memory * state + Math.sqrt(1 - memory ** 2) * gaussian(random)
    return here
  })
}
