const stepBytes = 3_000_000
const mostSteps = 106

/** The weakness `leak`: keeps 3 MB more each second, up to about 320 MB. Outside V8's heap, so its limit does not end it. */
export const startLeak = (): void => {
  const kept: Buffer[] = []
  const timer = setInterval(() => {
    // Filled, because memory that nobody touched is not resident.
    kept.push(Buffer.alloc(stepBytes, 1))
    if (kept.length >= mostSteps) clearInterval(timer)
  }, 1000)
}
