/** `events` is the outbox: what the topic has yet to be told has no `published_at`. */
export const statements = `
  create table if not exists tasks (
    id text primary key,
    owner text not null,
    title text not null,
    done boolean not null default false,
    repeats boolean not null default false,
    created_at timestamptz not null default now()
  );
  create index if not exists tasks_of_owner on tasks (owner, created_at);
  create table if not exists events (
    id bigint generated always as identity primary key,
    type text not null,
    task json not null,
    published_at timestamptz
  );
  create index if not exists events_outbox on events (id) where published_at is null;
  create table if not exists notifications (
    event_id bigint primary key,
    owner text not null,
    text text not null
  );
`
