import { execFileSync, spawnSync } from 'node:child_process'

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
