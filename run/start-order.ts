interface Ordered {
  name: string
  /** Others that must be ready first. */
  after: string[]
}

/** Starts all, each after those that it names, in parallel where that allows; one promise each. */
export const startInOrder = <S extends Ordered>(specs: S[], start: (spec: S) => Promise<void>): Promise<void>[] => {
  const ready = new Map<string, Promise<void>>()
  const startOne = (spec: S): Promise<void> => {
    const known = ready.get(spec.name)
    if (known !== undefined) return known
    const before = specs.filter(({ name }) => spec.after.includes(name))
    const promise = Promise.all(before.map(startOne)).then(() => start(spec))
    ready.set(spec.name, promise)
    return promise
  }
  return specs.map(startOne)
}
