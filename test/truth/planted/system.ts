import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProcessSpec, ProxySpec, System } from '../../../model/system.ts'
import { recordFiles } from '../../../run/record.ts'
import { bundleCommand } from '../../../systems/lib/local-parts.ts'
import type { Plants } from './plants.ts'

/** The server of a run's `systemOptions.plants`, and a second one to its `refusing`, which k6 reaches without a proxy. */
export const planted: System = {
  name: 'planted',
  title: 'A server whose behaviour is known',
  components: {
    server: { role: 'answers as planted', replicas: 1 },
    refusing: { role: 'stops listening now and then', replicas: 1 },
  },
  links: [{ from: 'client', to: 'server' }],
  sloFile: '',
  weaknesses: {},
  secretEnv: [],
  local: ({ tools, workDir, port, options }) => {
    const server = (name: string, plants: string): ProcessSpec => ({
      name,
      component: name,
      command: [tools.node, fileURLToPath(new URL('server.ts', import.meta.url))],
      env: { PORT: String(port(name)), PLANTS: plants, TRUTH_FILE: join(workDir, '..', truthFile(name)) },
      prepare: [],
      readiness: { kind: 'http', url: `http://127.0.0.1:${port(name)}/ready` },
      restartDelayMs: 500,
      after: [],
    })
    const { plants = '{}', refusing } = options
    return {
      processes: [server('server', plants), ...(refusing === undefined ? [] : [server('refusing', refusing)])],
      proxies: [clientProxy(port)],
      baseUrl: `http://127.0.0.1:${port('proxy')}`,
      scenarioEnv: { PLANTED_REFUSING_URL: `http://127.0.0.1:${port('refusing')}` },
    }
  },
  containers: ({ port, options }) => ({
    containers: [
      {
        name: 'server',
        component: 'server',
        image: 'parts',
        command: ['server.mjs'],
        // Its log is that of its container, which ends in the record.
        env: {
          HOST: '0.0.0.0',
          PORT: String(port('server')),
          PLANTS: options.plants ?? '{}',
          TRUTH_FILE: '/dev/stdout',
        },
        ports: [port('server')],
        readiness: { kind: 'http', url: `http://127.0.0.1:${port('server')}/ready` },
        restartDelayMs: 3000,
        after: [],
      },
    ],
    proxies: [clientProxy(port)],
    bundle: (projectDir, folder) => [
      bundleCommand(projectDir, 'test/truth/planted/server.ts', join(folder, 'server.mjs')),
    ],
    baseUrl: `http://127.0.0.1:${port('proxy')}`,
    scenarioEnv: { PLANTED_REFUSING_URL: '' },
  }),
  audit: async ({ baseUrl, acknowledged, signal }) => {
    const response = await fetch(`${baseUrl}/stored`, { signal })
    const copies = new Map((await response.json()) as [string, number][])
    const lost: string[] = []
    let checked = 0
    for await (const ids of acknowledged) {
      checked += ids.length
      lost.push(...ids.filter((id) => !copies.has(id)))
    }
    return { lost, checked, duplicates: [...copies.values()].filter((count) => count > 1).length }
  },
}

const clientProxy = (port: (name: string) => number): ProxySpec => ({
  name: 'client-server',
  from: 'client',
  to: 'server',
  listenPort: port('proxy'),
  upstreamPort: port('server'),
  protocol: 'http',
})

/** A server's own log, in the folder of the record: the work folder goes with the run. */
export const truthFile = (instance: string): string => join(recordFiles.logs, `${instance}.truth.ndjson`)

/** What a run plants, as its plan carries it. */
export const plantOptions = (plants: Plants, refusing?: Plants): Record<string, string> => ({
  plants: JSON.stringify(plants),
  ...(refusing === undefined ? {} : { refusing: JSON.stringify(refusing) }),
})
