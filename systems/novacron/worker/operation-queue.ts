import type { Database, Row } from '../../lib/postgres.ts'
import type { Kind } from '../api/vm-store.ts'
import type { Zone } from '../settings.ts'

export interface Claimed extends Row {
  id: string
  vm: string
  kind: Kind
  attempts: number
  zone: Zone | null
  state: 'creating' | 'stopped' | 'running' | 'migrating'
}

export interface Outcome {
  status: 'done' | 'failed' | 'rolled-back'
  state: Claimed['state']
  zone: Zone | null
}

const claim = `
  with due as (
    select id from operations
    where status in ('pending', 'running') and due_at <= now()
    order by due_at limit $1 for update skip locked
  ), claimed as (
    update operations set status = 'running', attempts = attempts + 1, due_at = $2
    from due where operations.id = due.id
    returning operations.id, vm_id, kind, attempts
  )
  select claimed.id, vm_id as vm, kind, attempts, zone, state from claimed join vms on vms.id = vm_id`

/** Operations as a worker takes and ends them. One that is not ended within its lease goes to another worker. */
export class OperationQueue {
  #database: Database
  #leaseMs: number | null

  /** @param leaseMs Null: for ever, the weakness `no-lease`. */
  constructor(database: Database, leaseMs: number | null) {
    this.#database = database
    this.#leaseMs = leaseMs
  }

  claim(limit: number): Promise<Claimed[]> {
    const until = this.#leaseMs === null ? 'infinity' : new Date(Date.now() + this.#leaseMs).toISOString()
    return this.#database.query<Claimed>(claim, [limit, until])
  }

  /** Only for who holds it: a worker whose lease ended while it was slow has no say any more. */
  async end({ id, attempts }: Claimed, { status, state, zone }: Outcome): Promise<void> {
    await this.#database.query(
      `with ended as (
         update operations set status = $3, finished_at = now()
         where id = $1 and attempts = $2 and status = 'running' returning vm_id
       )
       update vms set state = $4, zone = $5 from ended where vms.id = ended.vm_id`,
      [id, attempts, status, state, zone],
    )
  }

  /** The VM is on its way from one zone to another. */
  async migrating(vm: string): Promise<void> {
    await this.#database.query(`update vms set state = 'migrating' where id = $1`, [vm])
  }

  async giveBack({ id, attempts }: Claimed, retryMs: number): Promise<void> {
    await this.#database.query(
      `update operations set status = 'pending', due_at = now() + $3 * interval '1 millisecond'
       where id = $1 and attempts = $2 and status = 'running'`,
      [id, attempts, retryMs],
    )
  }
}
