/** `outbox` holds what the queue has yet to be told. Documents lie in the database, for MinIO. */
export const schema = `
  create table if not exists cases (
    id text primary key,
    reference text not null,
    applicant json not null,
    checklist json,
    risk_score integer,
    status text not null default 'open' check (status in ('open', 'approved', 'rejected')),
    created_at timestamptz not null default now(),
    decided_at timestamptz,
    webhook_delivered_at timestamptz
  );
  create index if not exists cases_reference on cases (reference);
  create table if not exists idempotency_keys (
    key text primary key,
    digest text not null,
    case_id text not null
  );
  create table if not exists documents (
    case_id text not null references cases,
    id text not null,
    content text not null,
    status text not null default 'uploaded' check (status in ('uploaded', 'clean', 'infected', 'verified')),
    primary key (case_id, id)
  );
  create table if not exists audit_log (
    id bigint generated always as identity primary key,
    case_id text not null,
    action text not null,
    at timestamptz not null default now()
  );
  create index if not exists audit_log_case on audit_log (case_id);
  create table if not exists outbox (
    id bigint generated always as identity primary key,
    event json not null
  );
  create table if not exists projections (
    case_id text primary key,
    view json not null
  );
`
