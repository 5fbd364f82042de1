import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { checkGo, checkNpm } from '../../bootstrap/requirements.js'
import { isExecutable, type ToolName, toolNames, toolPlaces, userPrefix } from '../../build/toolchain.ts'
import { type Finding, finding } from './machine.ts'

const versionArgs: Record<ToolName, string[]> = {
  node: ['--version'],
  k6: ['version'],
  toxiproxyServer: ['-version'],
  natsServer: ['-v'],
  postgres: ['--version'],
  initdb: ['--version'],
}

/** Every program that Holdfast needs: there, of the pinned version, and able to start. */
export const checkTools = async (projectDir: string): Promise<Finding[]> => {
  const places = toolPlaces(projectDir)
  const started = toolNames.map((name) =>
    finding(name, async () => {
      const { path, version, hint } = places[name]
      if (version === null || !isExecutable(path)) return { state: 'failed', detail: `${path} is missing`, hint }
      await promisify(execFile)(path, versionArgs[name], { timeout: 10_000 })
      return { state: 'ok', detail: `${version} (${path})` }
    }),
  )
  return Promise.all([
    finding('npm', () => ({ state: 'ok', detail: checkNpm(process.env) })),
    finding('Go', () => ({ state: 'ok', detail: checkGo(projectDir) })),
    ...started,
    finding('PostgreSQL as this user', () => {
      const prefix = userPrefix()
      return { state: 'ok', detail: prefix.length > 0 ? 'root: in a user namespace' : 'an ordinary user' }
    }),
  ])
}
