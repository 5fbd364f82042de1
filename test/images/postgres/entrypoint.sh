#!/bin/sh
# What Holdfast uses of the official image's entry point: a first start makes the database, options go to `postgres`.
set -eu
as_postgres='setpriv --reuid=postgres --regid=postgres --clear-groups'

[ "${1#-}" = "$1" ] || set -- postgres "$@"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  [ "${POSTGRES_HOST_AUTH_METHOD:-}" = trust ] || { echo 'only POSTGRES_HOST_AUTH_METHOD=trust' >&2 && exit 1; }
  install -d -o postgres -g postgres -m 700 "$PGDATA"
  # shellcheck disable=SC2086 # a list of options
  $as_postgres initdb -D "$PGDATA" -U "${POSTGRES_USER:-postgres}" -A trust ${POSTGRES_INITDB_ARGS:-}
  echo 'host all all all trust' >>"$PGDATA/pg_hba.conf"
fi
exec $as_postgres "$@" -c listen_addresses='*'
