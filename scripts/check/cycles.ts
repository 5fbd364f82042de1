/** A cycle as a closed path: `path[0]` is `from` again at the end; `line` is where `from` imports the next one. */
export interface Cycle {
  from: string
  line: number
  path: string[]
}

/**
 * Finds import cycles: a depth-first walk, in which an edge to a file that is still open closes a cycle.
 * Every edge that closes one is reported once, so that none is left when the list is empty.
 * @param edges file to the files that it imports and the line of the import
 */
export const findCycles = (edges: ReadonlyMap<string, ReadonlyMap<string, number>>): Cycle[] => {
  const cycles: Cycle[] = []
  const done = new Set<string>()
  const open: string[] = []
  const visit = (file: string): void => {
    open.push(file)
    for (const target of edges.get(file)?.keys() ?? []) {
      const start = open.indexOf(target)
      if (start >= 0) cycles.push(cycleOf(open.slice(start), edges))
      else if (!done.has(target)) visit(target)
    }
    open.pop()
    done.add(file)
  }
  for (const file of edges.keys()) if (!done.has(file)) visit(file)
  return cycles
}

const cycleOf = (files: string[], edges: ReadonlyMap<string, ReadonlyMap<string, number>>): Cycle => {
  const [from = '', next = from] = files
  return { from, line: edges.get(from)?.get(next) ?? 1, path: [...files, from] }
}
