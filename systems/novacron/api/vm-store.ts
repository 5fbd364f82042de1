import { HttpError } from '../../lib/http-error.ts'
import type { Database, Row } from '../../lib/postgres.ts'

export type Kind = 'create' | 'start' | 'stop' | 'migrate'
export const kinds: Kind[] = ['create', 'start', 'stop', 'migrate']

/** What a client asks for: `operation` is its own id for it, the same when it asks again. */
export interface Asked {
  operation: string
  vm: string
  kind: Kind
  cpus: number
}

/** An operation as clients see it. */
export interface OperationView extends Row {
  id: string
  vm: string
  kind: Kind
  status: 'pending' | 'running' | 'done' | 'failed' | 'rolled-back'
}

/** An operation that nobody has begun. */
export const pending = ({ operation, vm, kind }: Asked): OperationView => ({
  id: operation,
  vm,
  kind,
  status: 'pending',
})

const insert = `
  with vm as (insert into vms (id, cpus) select $2, $4 where $3 = 'create' on conflict do nothing)
  insert into operations (id, vm_id, kind) values ($1, $2, $3) on conflict do nothing`

/** VMs and operations in the database, as the API needs them. */
export class VmStore {
  #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Stores an operation; the same one again changes nothing.
   * @throws HttpError 404 for a VM that is not there, 409 when the id belongs to another operation.
   */
  async ask({ operation, vm, kind, cpus }: Asked): Promise<OperationView> {
    try {
      await this.#database.query(insert, [operation, vm, kind, cpus])
    } catch (error) {
      if ((error as { code?: string }).code === '23503') throw new HttpError(404, 'not_found', 'no such VM')
      throw error
    }
    const known = await this.operation(operation)
    if (known.vm !== vm || known.kind !== kind) {
      throw new HttpError(409, 'id_in_use', 'this id belongs to another operation')
    }
    return known
  }

  async operation(id: string): Promise<OperationView> {
    const [found] = await this.operations([id])
    if (!found) throw new HttpError(404, 'not_found', 'no such operation')
    return found
  }

  /** Those that exist, in no order. */
  operations(ids: string[]): Promise<OperationView[]> {
    return this.#database.query('select id, vm_id as vm, kind, status from operations where id = any($1)', [ids])
  }

  /** JSON of a VM, or null. */
  async vm(id: string): Promise<string | null> {
    const [found] = await this.#database.query<{ view: string }>(
      `select json_build_object('id', id, 'zone', zone, 'state', state, 'cpus', cpus)::text as view from vms where id = $1`,
      [id],
    )
    return found?.view ?? null
  }
}
