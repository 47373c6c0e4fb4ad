#!/bin/bash
# Prepares an empty data directory on the first start, then runs the command.
# Takes the same variables as the official image: POSTGRES_PASSWORD, POSTGRES_USER, POSTGRES_DB,
# POSTGRES_INITDB_ARGS (each also as <name>_FILE), POSTGRES_INITDB_WALDIR, POSTGRES_HOST_AUTH_METHOD, PGDATA.
set -Eeuo pipefail

fail() {
  echo "Error: $*" >&2
  exit 1
}

# from_file NAME DEFAULT: sets NAME from itself, from the file that NAME_FILE names, or to the default.
from_file() {
  local name=$1 value=${2-} file_name="$1_FILE"
  if [ -n "${!name-}" ] && [ -n "${!file_name-}" ]; then
    fail "both $name and $file_name are set; set one of them"
  elif [ -n "${!name-}" ]; then
    value=${!name}
  elif [ -n "${!file_name-}" ]; then
    value=$(<"${!file_name}") || fail "cannot read ${!file_name}, which $file_name names"
  fi
  export "$name=$value"
  unset "$file_name"
}

asks_for_information() {
  local argument
  for argument in "$@"; do
    case $argument in
      -'?' | --help | --describe-config | -V | --version) return 0 ;;
    esac
  done
  return 1
}

prepare_directories() {
  mkdir -p "$PGDATA" /var/run/postgresql
  # Without ownership (an arbitrary --user on a prepared volume) the modes are as they are.
  chmod 0700 "$PGDATA" || true
  chmod 3775 /var/run/postgresql || true
  if [ -n "${POSTGRES_INITDB_WALDIR-}" ]; then
    mkdir -p "$POSTGRES_INITDB_WALDIR"
    chmod 0700 "$POSTGRES_INITDB_WALDIR" || true
  fi
  if [ "$(id -u)" = 0 ]; then
    find "$PGDATA" /var/run/postgresql ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"} \
      \! -user postgres -exec chown postgres '{}' +
  fi
}

require_password() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    cat >&2 <<'TEXT'
Error: Database is uninitialized and superuser password is not specified.
       Set POSTGRES_PASSWORD_FILE to a file with the password (or POSTGRES_PASSWORD to the password itself).
TEXT
    exit 1
  fi
}

create_cluster() {
  local arguments=(--username="$POSTGRES_USER")
  [ -z "${POSTGRES_INITDB_WALDIR-}" ] || arguments+=(--waldir="$POSTGRES_INITDB_WALDIR")
  # The variable holds several arguments as a shell would read them; `eval` only splits them.
  eval 'initdb "${arguments[@]}" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
}

allow_remote_clients() {
  local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "${@:2}")}
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
}

run_sql() {
  psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$POSTGRES_USER" "$@"
}

create_database() {
  [ "$POSTGRES_DB" != postgres ] || return 0
  local known
  known=$(run_sql --dbname postgres --tuples-only --set db="$POSTGRES_DB" \
    <<< "SELECT 1 FROM pg_database WHERE datname = :'db'")
  [ -n "$known" ] || run_sql --dbname postgres --set db="$POSTGRES_DB" <<< 'CREATE DATABASE :"db"'
}

run_initial_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh)
        echo "$0: running $file"
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql) echo "$0: running $file"; run_sql --dbname "$POSTGRES_DB" --file "$file" ;;
      *.sql.gz) echo "$0: running $file"; gunzip -c "$file" | run_sql --dbname "$POSTGRES_DB" ;;
      /docker-entrypoint-initdb.d/\*) ;;
      *) echo "$0: ignoring $file" ;;
    esac
  done
}

initialise() {
  require_password
  create_cluster
  allow_remote_clients "$@"
  export PGPASSWORD=$POSTGRES_PASSWORD PGHOST=
  # Reachable over the local socket alone, so that no client meets a database that is half made.
  pg_ctl --pgdata "$PGDATA" --options "$(printf '%q ' "${@:2}" -c listen_addresses= -p "${PGPORT:-5432}")" --wait start
  create_database
  run_initial_files
  pg_ctl --pgdata "$PGDATA" --mode fast --wait stop
  # The server needs no password; its environment can be read from outside the container.
  unset PGPASSWORD PGHOST POSTGRES_PASSWORD
  echo 'PostgreSQL init process complete; ready for start up.'
}

main() {
  if [ "${1:0:1}" = - ]; then
    set -- postgres "$@"
  fi
  if [ "$1" = postgres ] && ! asks_for_information "$@"; then
    prepare_directories
    if [ "$(id -u)" = 0 ]; then
      exec setpriv --reuid postgres --regid postgres --init-groups "$BASH_SOURCE" "$@"
    fi
    if [ -s "$PGDATA/PG_VERSION" ]; then
      echo 'PostgreSQL Database directory appears to contain a database; Skipping initialization'
    else
      from_file POSTGRES_PASSWORD
      from_file POSTGRES_USER postgres
      from_file POSTGRES_DB "$POSTGRES_USER"
      from_file POSTGRES_INITDB_ARGS
      : "${POSTGRES_HOST_AUTH_METHOD:=}"
      initialise "$@"
    fi
  fi
  exec "$@"
}

main "$@"
