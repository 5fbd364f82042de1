import { UnavailableError } from '../../lib/http-error.ts'
import type { NovaCronSettings, Zone } from '../settings.ts'
import type { Hosts } from './hosts.ts'
import type { Claimed, OperationQueue, Outcome } from './operation-queue.ts'

const other = (zone: Zone): Zone => (zone === 'a' ? 'b' : 'a')

/** Half of the VMs each; the same one for the same VM. */
export const meantZone = (vm: string): Zone =>
  [...vm].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 2 === 0 ? 'a' : 'b'

/**
 * Carries out one operation, all but its last step in the database. It may have been begun by a worker
 * that died: every step can be repeated without harm.
 * @throws UnavailableError when the zone that it needs is away.
 */
export const carryOut = async (
  operation: Claimed,
  { hosts, queue, settings }: { hosts: Hosts; queue: OperationQueue; settings: NovaCronSettings },
): Promise<Outcome> => {
  const { id, kind, vm, zone, state } = operation
  if (kind === 'create') {
    const placed = await place(operation, hosts, settings.has('no-failover'))
    return { status: 'done', state: 'stopped', zone: placed }
  }
  if (zone === null) return { status: 'failed', state, zone }
  if (kind === 'migrate') {
    if (state !== 'running' && state !== 'migrating') return { status: 'failed', state, zone }
    await queue.migrating(vm)
    try {
      await hosts.step(other(zone), id, 'receive')
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      // It goes on where it was.
      return { status: 'rolled-back', state: settings.has('no-rollback') ? 'migrating' : 'running', zone }
    }
    await hosts.step(zone, id, 'release')
    return { status: 'done', state: 'running', zone: other(zone) }
  }
  await hosts.step(zone, id, kind)
  return { status: 'done', state: kind === 'start' ? 'running' : 'stopped', zone }
}

/** In the zone meant for it, or in the other one when that is away. */
const place = async ({ id, vm }: Claimed, hosts: Hosts, stubborn: boolean): Promise<Zone> => {
  const meant = meantZone(vm)
  try {
    await hosts.step(meant, id, 'create')
    return meant
  } catch (error) {
    if (stubborn || !(error instanceof UnavailableError)) throw error
    await hosts.step(other(meant), id, 'create')
    return other(meant)
  }
}
