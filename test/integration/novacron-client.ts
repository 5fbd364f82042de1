import { novacron } from '../../systems/novacron/index.ts'
import type { Zone } from '../../systems/novacron/settings.ts'
import { meantZone } from '../../systems/novacron/worker/carry-out.ts'
import { type Answer, get, once, post } from './client.ts'
import { type Parts, waitUntil } from './parts.ts'

type Kind = 'start' | 'stop' | 'migrate'

/** What tests of NovaCron's stand-in ask of it. */
export const makeClient = (parts: Parts) => {
  const api = parts.url('api')
  const operation = (id: string, timeoutMs?: number) => get(`${api}/operations/${id}`, timeoutMs)
  const vm = (id: string) => get(`${api}/vms/${id}`)
  const create = (id: string, timeoutMs?: number): Promise<Answer> =>
    post(`${api}/vms`, { id, operation: id, cpus: 2 }, {}, timeoutMs)
  const change = (id: string, kind: Kind, name = `${id}:${kind}`): Promise<Answer> =>
    post(`${api}/vms/${id}/${kind}`, { operation: name })
  /** Waits for its end; how it ended. */
  const ended = async (id: string): Promise<string> => {
    let status = ''
    await waitUntil(`${id} has ended`, async () => {
      status = (await operation(id)).json.status
      return status !== 'pending' && status !== 'running'
    })
    return status
  }
  return {
    operation,
    vm,
    create,
    change,
    ended,
    /** A new VM that is there, in which zone. */
    created: async (id: string): Promise<Zone> => {
      await create(id)
      const status = await ended(id)
      if (status !== 'done') throw new Error(`${id} is ${status}`)
      return (await vm(id)).json.zone
    },
    changed: async (id: string, kind: Kind): Promise<string> => {
      await change(id, kind)
      return ended(`${id}:${kind}`)
    },
    /** Reads come from the cache for a while. */
    becomes: (id: string, view: Record<string, unknown>) =>
      waitUntil(`${id} is ${JSON.stringify(view)}`, async () => {
        const { json } = await vm(id)
        return Object.entries(view).every(([key, value]) => json[key] === value)
      }),
    running: (id: string) =>
      waitUntil(`${id} is in a worker's hands`, async () => (await operation(id)).json.status === 'running'),
    stats: async (zone: Zone) => (await get(`${parts.url(`host-${zone}`)}/stats`)).json,
    audit: (ids: string[]) =>
      novacron.audit?.({
        baseUrl: api,
        scenarioEnv: parts.layout.scenarioEnv,
        acknowledged: once(ids),
        signal: AbortSignal.timeout(20_000),
      }),
    ready: (name: string) =>
      waitUntil(`${name} is ready`, async () => (await get(`${parts.url(name)}/health/ready`)).status === 200),
  }
}

/** Ids of VMs that are meant for this zone. */
export const meantFor = (zone: Zone, count: number): string[] =>
  Array.from({ length: 20 * count }, (_, i) => `vm-${i}`)
    .filter((id) => meantZone(id) === zone)
    .slice(0, count)
