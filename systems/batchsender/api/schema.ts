import type { Database } from '../../lib/postgres.ts'

/**
 * `batches.published_at is null` is the outbox: what the queue has yet to be told.
 * `requeues` makes the queue's message id differ from the first one's, which it would drop as known.
 * Recipients have no foreign key: one statement writes a batch and all of them, or nothing, and
 * checking 10,000 references one by one takes longer than writing the rows.
 */
const statements = `
  create table if not exists batches (
    id text primary key,
    digest text not null,
    sender text not null,
    subject text not null,
    body text not null,
    total integer not null,
    sent integer not null default 0,
    status text not null default 'queued' check (status in ('queued', 'processing', 'completed', 'failed')),
    requeues integer not null default 0,
    created_at timestamptz not null default now(),
    published_at timestamptz,
    progress_at timestamptz,
    completed_at timestamptz
  );
  create index if not exists batches_outbox on batches (created_at) where published_at is null;
  create index if not exists batches_processing on batches (progress_at) where status = 'processing';
  create table if not exists recipients (
    batch_id text not null,
    position integer not null,
    address text not null,
    sent_at timestamptz,
    primary key (batch_id, position)
  ) with (fillfactor = 50);
  create table if not exists webhook_events (
    provider text not null,
    id text not null,
    type text not null,
    payload json not null,
    received_at timestamptz not null default now(),
    primary key (provider, id)
  );
`

/** Creates what is missing. The lock keeps two replicas from doing it at once. */
export const createSchema = (database: Database): Promise<unknown> =>
  database.query(`begin; select pg_advisory_xact_lock(7201); ${statements} commit`)
