#!/bin/sh
# Turns a fresh `debootstrap --variant=minbase` tree ($1) into what Debian publishes as its slim image:
# no documentation, no translations, no package lists, and a dpkg and apt that keep it so.
# $2 and $3 are the mirrors of Debian and of its security updates.
set -eu
root=$1
mirror=$2
security=$3

cat > "$root/etc/dpkg/dpkg.cfg.d/slim" <<'CONF'
force-unsafe-io
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/groff/*
path-exclude /usr/share/info/*
path-exclude /usr/share/linda/*
path-exclude /usr/share/lintian/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
CONF
cat > "$root/etc/apt/apt.conf.d/slim" <<'CONF'
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
CONF
cat > "$root/etc/apt/sources.list" <<CONF
deb $mirror bookworm main
deb $mirror bookworm-updates main
deb $security bookworm-security main
CONF
# A container has no init system: packages must not try to start what they install.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 0755 "$root/usr/sbin/policy-rc.d"

find "$root/usr/share/doc" -depth -type f ! -name copyright -delete
find "$root/usr/share/doc" -depth -type l -delete
find "$root/usr/share/doc" -depth -type d -empty -delete
for tree in groff info linda lintian locale man; do
  rm -rf "$root/usr/share/$tree"
done
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/tmp/* "$root"/dev/*
# Written by the host's debootstrap: its name and its name servers do not belong into an image.
rm -f "$root/etc/hostname" "$root/etc/resolv.conf" "$root/etc/machine-id"
: > "$root/etc/machine-id"
