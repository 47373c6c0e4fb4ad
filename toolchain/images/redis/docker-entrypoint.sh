#!/bin/sh
# Runs redis-server as the user redis, also when started as root; any other command as it is.
set -e

case $1 in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "$1" = redis-server ]; then
  if [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    exec setpriv --reuid redis --regid redis --init-groups "$0" "$@"
  fi
  # Data and the password in a rewritten configuration are nobody else's to read.
  [ "$(umask)" != 0022 ] || umask 0077
  # The official build is compiled with protected mode off, Debian's with it on: clients on the container's network
  # would be refused. A configuration that says which of the two it wants is obeyed.
  case " $* " in
    *' --protected-mode '*) ;;
    *)
      if [ ! -f "$2" ] || ! grep -qi '^[[:space:]]*protected-mode[[:space:]]' "$2"; then
        set -- "$@" --protected-mode no
      fi
      ;;
  esac
fi
exec "$@"
