/** What iterations that started in one second still lack, and the last second in which it may come. */
interface Lack {
  at: number
  lastAt: number
  missing: number
}

/**
 * Attributes samples to the seconds in which their iterations started: a sample may start as long after its iteration as
 * the longest one of that second took. The iterations whose time is over first are served first (earliest deadline
 * first serves as many as can be served, Jackson 1955); what nobody lacks stays in its own second.
 * @param needed samples that the iterations of each second declare
 * @param seen samples by the second of their own start
 * @param longestS the longest iteration by its second of start
 */
export const attribute = (
  needed: ArrayLike<number>,
  seen: ArrayLike<number>,
  longestS: ArrayLike<number>,
): Float64Array => {
  const attributed = new Float64Array(needed.length)
  const add = (at: number, n: number) => {
    attributed[at] = (attributed[at] ?? 0) + n
  }
  let open: Lack[] = []
  for (let at = 0; at < needed.length; at++) {
    const own = { at, lastAt: at + Math.max(1, Math.ceil(longestS[at] ?? 0)), missing: needed[at] ?? 0 }
    if (own.missing > 0) {
      const later = open.findIndex(({ lastAt }) => lastAt > own.lastAt)
      open.splice(later < 0 ? open.length : later, 0, own)
    }
    let left = seen[at] ?? 0
    for (const lack of open) {
      const served = Math.min(left, lack.missing)
      lack.missing -= served
      left -= served
      add(lack.at, served)
    }
    add(at, left)
    open = open.filter(({ missing, lastAt }) => missing > 0 && lastAt > at)
  }
  return attributed
}
