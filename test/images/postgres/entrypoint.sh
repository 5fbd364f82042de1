#!/bin/sh
# What Holdfast uses of the official image's entry point: a first start makes the database, options go to `postgres`.
set -eu
as_postgres='setpriv --reuid=postgres --regid=postgres --clear-groups'

[ "${1#-}" = "$1" ] || set -- postgres "$@"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  [ "$method" = trust ] || [ -n "${POSTGRES_PASSWORD:-}" ] || { echo 'POSTGRES_PASSWORD is not set' >&2 && exit 1; }
  install -d -o postgres -g postgres -m 700 "$PGDATA"
  password=$(mktemp)
  chown postgres "$password"
  printf '%s\n' "${POSTGRES_PASSWORD:-unused}" >"$password"
  # shellcheck disable=SC2086 # a list of options
  $as_postgres initdb -D "$PGDATA" -U "${POSTGRES_USER:-postgres}" --auth=trust --pwfile="$password" ${POSTGRES_INITDB_ARGS:-}
  rm "$password"
  echo "host all all all $method" >>"$PGDATA/pg_hba.conf"
  for file in /docker-entrypoint-initdb.d/*.sql; do
    [ ! -f "$file" ] || $as_postgres postgres --single -D "$PGDATA" -c exit_on_error=true postgres <"$file"
  done
fi
exec $as_postgres "$@" -c listen_addresses='*'
