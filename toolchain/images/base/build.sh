#!/bin/sh
# build.sh TAR [MIRROR [SECURITY]]: makes the base image's files with debootstrap and packs them into TAR. Run as root.
# MIRROR and SECURITY are Debian's archives as this machine reaches them; by default debootstrap's own.
set -eu
tar=$1
mirror=${2-}
security=${3-}

# Not below a home folder, which can be mounted without devices or programs.
work=$(mktemp -d /var/tmp/backline-base.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
root=$work/root

debootstrap --variant=minbase --force-check-gpg bookworm "$root" ${mirror:+"$mirror"}

if [ -z "$mirror" ]; then
  # Containers have no certificate of a gateway that inspects TLS. The packages are signed.
  mirror=$(awk '$1 == "deb" { print $2; exit }' "$root/etc/apt/sources.list" | sed 's/^https:/http:/')
fi
[ -n "$security" ] || security=${mirror%/}-security

echo "packing"
"$(dirname "$0")/slim.sh" "$root" "$mirror" "$security"
tar --directory "$root" --numeric-owner --sort=name --create --file "$tar" .
chmod 0644 "$tar"
