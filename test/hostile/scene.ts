import { linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { baseFiles, ids } from './base.ts'
import { type Change, changedFiles } from './generator.ts'
import { type Makers, makeHostile } from './make.ts'
import { plantOutside, treeOf } from './outside.ts'

/** Names that commands may add to a record. */
const written = ['verdict.json', 'charts.json', 'report.html', 'report.md', 'junit.xml']

/** A folder of records, one of them hostile, beside what no command may touch. */
export interface Scene {
  root: string
  out: string
  outside: string
  /** The hostile record. */
  dir: string
  /** Hard links to one pipe and one socket, so that no program has to run to make them. */
  makers: Makers
}

/** @param root holds `prototypes/pipe` and `prototypes/socket`; all else in it is removed */
export const newScene = (root: string): Scene => {
  const [out, outside] = [join(root, 'out'), join(root, 'outside')]
  for (const dir of [out, outside]) rmSync(dir, { recursive: true, force: true })
  plantOutside(outside)
  mkdirSync(join(root, 'state/holdfast'), { recursive: true, mode: 0o700 })
  mkdirSync(out)
  const makers = {
    pipe: (path: string) => linkSync(join(root, 'prototypes/pipe'), path),
    socket: (path: string) => linkSync(join(root, 'prototypes/socket'), path),
  }
  for (const id of [ids.good, ids.later]) makeHostile(join(out, id), outside, baseFiles(), [], makers)
  return { root, out, outside, dir: join(out, ids.hostile), makers }
}

/** Puts a record with these changes into the scene. */
export const plantChanges = ({ dir, outside, makers }: Scene, changes: readonly Change[]): void =>
  makeHostile(
    dir,
    outside,
    changedFiles(changes),
    changes.filter((change) => change.kind === 'entry'),
    makers,
  )

/** Looks at the scene now; the result tells what commands have changed since, but for what they may. */
export const watchScene = ({ root, out, dir }: Scene): (() => string[]) => {
  const look = () => treeOf(root, [dir, join(out, ids.later)])
  const before = look()
  const names = new Set([...namesIn(dir), ...written])
  return () => {
    const after = look()
    const changed = [
      ...before.filter((entry) => !after.includes(entry)).map((entry) => `was: ${entry}`),
      ...after.filter((entry) => !before.includes(entry)).map((entry) => `is: ${entry}`),
    ]
    const left = namesIn(dir).filter((name) => !names.has(name))
    return [
      ...(changed.length > 0 ? [`changed outside of the record:\n${changed.join('\n')}`] : []),
      ...(left.length > 0 ? [`left ${left.join(', ')} in the record`] : []),
    ]
  }
}

const namesIn = (dir: string): string[] => {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}
