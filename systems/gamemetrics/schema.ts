import type { Database } from '../lib/postgres.ts'
import { createSchema, type Schema } from '../lib/schema.ts'

/** The read model. `batches` says what has been counted. */
const statements = `
  create table if not exists batches (
    id text primary key,
    events integer not null,
    counted_at timestamptz not null default now()
  );
  create index if not exists batches_by_time on batches (counted_at);
  create table if not exists players (
    player text primary key,
    events bigint not null,
    value bigint not null
  ) with (fillfactor = 50);
`

export const readModel = (database: Database): Schema => createSchema(database, 7203, statements)
