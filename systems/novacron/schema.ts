/** `operations` is the work queue, too: workers take from it and hold a lease. */
export const schema = `
  create table if not exists vms (
    id text primary key,
    zone text check (zone in ('a', 'b')),
    state text not null default 'creating' check (state in ('creating', 'stopped', 'running', 'migrating')),
    cpus integer not null
  );
  create table if not exists operations (
    id text primary key,
    vm_id text not null references vms,
    kind text not null check (kind in ('create', 'start', 'stop', 'migrate')),
    status text not null default 'pending' check (status in ('pending', 'running', 'done', 'failed', 'rolled-back')),
    attempts integer not null default 0,
    created_at timestamptz not null default now(),
    due_at timestamptz not null default now(),
    finished_at timestamptz
  );
  create index if not exists operations_due on operations (due_at) where status in ('pending', 'running');
  create index if not exists operations_vm on operations (vm_id, created_at);
`
