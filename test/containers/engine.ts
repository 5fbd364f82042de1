import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Says why no test may use an engine; unset where there is one. Set before the tests start. */
export const noEngineName = 'HOLDFAST_TEST_NO_ENGINE'
export const noEngine: string | undefined = process.env[noEngineName]

/** @returns what it printed, in lines. */
export const docker = (...args: string[]): string[] =>
  execFileSync('docker', args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')

/** @param mark of a run: `<run id>:<pid>` */
export const containersOf = (mark: string): string[] =>
  docker('ps', '--all', '--no-trunc', '--filter', `label=holdfast.run=${mark}`, '--format', '{{.ID}}')

/** Volumes that the containers of a run have, by name. */
export const volumesOf = (mark: string): string[] =>
  containersOf(mark).flatMap((id) => docker('inspect', '--format', '{{range .Mounts}}{{println .Name}}{{end}}', id))

/** What is in the engine of a run, and of the volumes that it had. */
export const leftOf = (mark: string, volumes: string[]): string[] => [
  ...containersOf(mark),
  ...docker('network', 'ls', '--filter', `label=holdfast.run=${mark}`, '--format', '{{.Name}}'),
  ...volumes.filter((volume) => spawnSync('docker', ['volume', 'inspect', volume]).status === 0),
]

/** What the engine itself says that happened to a container of a run, by its own clock (Unix ms). */
export interface EngineFact {
  instance: string
  action: string
  atMs: number
}

/** Listens to the engine by a connection of its own; `facts` gives what happened to the run of that id, in order. */
export const listen = async (): Promise<{ facts: (runId: string) => EngineFact[] } & Disposable> => {
  const since = String(Date.now() / 1000)
  const child = spawn('docker', ['events', '--since', since, '--format', '{{json .}}'])
  await once(child, 'spawn')
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  return {
    facts: (runId) =>
      factsOf(
        lines.map((line) => JSON.parse(line) as Written),
        runId,
      ),
    [Symbol.dispose]: () => void child.kill(),
  }
}

interface Written {
  Type: string
  Action: string
  timeNano: number
  Actor: { ID: string; Attributes: Record<string, string> }
}

/** An event of a network names the container by its id. */
const factsOf = (written: Written[], runId: string): EngineFact[] => {
  const ofRun = written.filter(({ Actor }) => Actor.Attributes['holdfast.run']?.startsWith(`${runId}:`))
  const instances = new Map(ofRun.map(({ Actor }) => [Actor.ID, Actor.Attributes['holdfast.instance'] ?? '']))
  return written.flatMap(({ Type, Action, timeNano, Actor }) => {
    const instance = instances.get(Type === 'network' ? (Actor.Attributes.container ?? '') : Actor.ID)
    return instance ? [{ instance, action: Action, atMs: timeNano / 1e6 }] : []
  })
}
