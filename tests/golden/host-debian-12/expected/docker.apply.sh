#!/bin/sh
# Applies the group docker. Made by Backline.
set -eu
umask 022
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
release=$(. /etc/os-release; echo "$ID-$VERSION_ID")
if [ "$release" != debian-12 ]; then
  echo "the host runs $release, and this is for debian-12" >&2
  exit 2
fi
if [ "$(id -u)" != 0 ]; then echo "this needs root; run it with sudo" >&2; exit 2; fi
state=/var/lib/backline-host
mkdir -p -m 0700 "$state"
finish() { :; }
take_back() { :; }
step=
trap 'status=$?; finish; [ "$status" = 0 ] || { echo "the step $step failed with exit code $status" >&2; take_back; }' EXIT
# put <path> <mode> <owner> [<validation>]: the file takes its place whole, accepted, and only where it differs.
put() {
  mkdir -p "$(dirname "$1")"
  (umask 077; cat > "$1.backline-new") || { rm -f "$1.backline-new"; return 1; }
  chmod "$2" "$1.backline-new"
  chown "$3" "$1.backline-new"
  if [ -n "${4-}" ] && ! sh -c "$4" validate "$1.backline-new"; then
    rm -f "$1.backline-new"
    echo "$1 is refused by its own program; the one before it stays" >&2
    return 1
  fi
  if cmp -s "$1.backline-new" "$1" && [ "$(stat -c '0%a %U:%G' "$1")" = "$2 $3" ]; then
    rm -f "$1.backline-new"
  else
    touch "$state/$step.pending"
    mv -f "$1.backline-new" "$1"
  fi
}

step=published-ports
echo 'published-ports: Lets 80 and 443, TCP and UDP, through to containers from Cloudflare'\''s addresses alone, and nothing else that a container publishes.'
put /etc/backline/published-ports.v4 0644 root:root 'iptables-restore --test --noflush "$1"' << 'BACKLINE_END'
*filter
:DOCKER-USER - [0:0]
:BACKLINE-WEB - [0:0]
-A DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
-A DOCKER-USER -i docker+ -j RETURN
-A DOCKER-USER -i br-+ -j RETURN
-A DOCKER-USER -p tcp -m conntrack --ctstate DNAT --ctorigdstport 80 -g BACKLINE-WEB
-A DOCKER-USER -p udp -m conntrack --ctstate DNAT --ctorigdstport 80 -g BACKLINE-WEB
-A DOCKER-USER -p tcp -m conntrack --ctstate DNAT --ctorigdstport 443 -g BACKLINE-WEB
-A DOCKER-USER -p udp -m conntrack --ctstate DNAT --ctorigdstport 443 -g BACKLINE-WEB
-A DOCKER-USER -m conntrack --ctstate DNAT -j DROP
-A DOCKER-USER -o docker+ -j DROP
-A DOCKER-USER -o br-+ -j DROP
-A DOCKER-USER -j RETURN
-A BACKLINE-WEB -s 173.245.48.0/20 -j RETURN
-A BACKLINE-WEB -s 103.21.244.0/22 -j RETURN
-A BACKLINE-WEB -s 103.22.200.0/22 -j RETURN
-A BACKLINE-WEB -s 103.31.4.0/22 -j RETURN
-A BACKLINE-WEB -s 141.101.64.0/18 -j RETURN
-A BACKLINE-WEB -s 108.162.192.0/18 -j RETURN
-A BACKLINE-WEB -s 190.93.240.0/20 -j RETURN
-A BACKLINE-WEB -s 188.114.96.0/20 -j RETURN
-A BACKLINE-WEB -s 197.234.240.0/22 -j RETURN
-A BACKLINE-WEB -s 198.41.128.0/17 -j RETURN
-A BACKLINE-WEB -s 162.158.0.0/15 -j RETURN
-A BACKLINE-WEB -s 104.16.0.0/13 -j RETURN
-A BACKLINE-WEB -s 104.24.0.0/14 -j RETURN
-A BACKLINE-WEB -s 172.64.0.0/13 -j RETURN
-A BACKLINE-WEB -s 131.0.72.0/22 -j RETURN
-A BACKLINE-WEB -j DROP
COMMIT
BACKLINE_END
put /etc/backline/published-ports.v6 0644 root:root 'ip6tables-restore --test --noflush "$1"' << 'BACKLINE_END'
*filter
:DOCKER-USER - [0:0]
:BACKLINE-WEB - [0:0]
-A DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
-A DOCKER-USER -i docker+ -j RETURN
-A DOCKER-USER -i br-+ -j RETURN
-A DOCKER-USER -p tcp -m conntrack --ctstate DNAT --ctorigdstport 80 -g BACKLINE-WEB
-A DOCKER-USER -p udp -m conntrack --ctstate DNAT --ctorigdstport 80 -g BACKLINE-WEB
-A DOCKER-USER -p tcp -m conntrack --ctstate DNAT --ctorigdstport 443 -g BACKLINE-WEB
-A DOCKER-USER -p udp -m conntrack --ctstate DNAT --ctorigdstport 443 -g BACKLINE-WEB
-A DOCKER-USER -m conntrack --ctstate DNAT -j DROP
-A DOCKER-USER -o docker+ -j DROP
-A DOCKER-USER -o br-+ -j DROP
-A DOCKER-USER -j RETURN
-A BACKLINE-WEB -s 2400:cb00::/32 -j RETURN
-A BACKLINE-WEB -s 2606:4700::/32 -j RETURN
-A BACKLINE-WEB -s 2803:f800::/32 -j RETURN
-A BACKLINE-WEB -s 2405:b500::/32 -j RETURN
-A BACKLINE-WEB -s 2405:8100::/32 -j RETURN
-A BACKLINE-WEB -s 2a06:98c0::/29 -j RETURN
-A BACKLINE-WEB -s 2c0f:f248::/32 -j RETURN
-A BACKLINE-WEB -j DROP
COMMIT
BACKLINE_END
put /etc/systemd/system/backline-published-ports.service 0644 root:root << 'BACKLINE_END'
[Unit]
Description=What of the containers can be reached from outside
Before=docker.service
PartOf=docker.service
After=network-pre.target ufw.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/iptables-restore --noflush /etc/backline/published-ports.v4
ExecStart=/usr/sbin/ip6tables-restore --noflush /etc/backline/published-ports.v6

[Install]
WantedBy=docker.service multi-user.target
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
systemctl daemon-reload
systemctl enable --quiet backline-published-ports.service
# Rules that were changed by hand are put back too; the chains are filled anew in one step.
systemctl restart backline-published-ports.service
)
rm -f "$state/$step.pending"
echo 'published-ports: done'

step=docker
echo 'docker: Keeps containers running while Docker restarts, rotates their logs, forbids them new privileges, and publishes ports without a proxy process.'
put /etc/docker/daemon.json 0644 root:root 'if dockerd --help | grep -q -- --validate; then dockerd --validate --config-file "$1" > /dev/null; fi' << 'BACKLINE_END'
{
  "live-restore": true,
  "log-driver": "json-file",
  "log-opts": {
    "max-file": "3",
    "max-size": "10m"
  },
  "no-new-privileges": true,
  "userland-proxy": false
}
BACKLINE_END
put /etc/systemd/system.conf.d/50-backline.conf 0644 root:root << 'BACKLINE_END'
[Manager]
# With live-restore Docker leaves containers to systemd when the host goes down. It ends them, and then waits for
# Docker's helpers, which end only by force, for as long as this says; the default of 90 s is all lost time.
DefaultTimeoutStopSec=30s
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
if [ "$changed" = 1 ]; then
  systemctl daemon-reexec
  systemctl restart docker.service
fi
)
rm -f "$state/$step.pending"
echo 'docker: done'

step=image-cleanup
echo 'image-cleanup: Every night removes images of the platform'\''s own services but the last 5 of each, and nothing that a release on record or a container uses, or that others made.'
put /usr/local/sbin/backline-image-cleanup 0755 root:root 'sh -n "$1"' << 'BACKLINE_END'
#!/bin/sh
# Images come newest first. One that a container uses is kept: Docker refuses to remove it.
set -eu
# Releases that were good, however many came after them that were not.
recorded=$(docker volume ls --quiet --filter label=backline.kind=releases | while read -r volume; do
  cat "$(docker volume inspect --format '{{.Mountpoint}}' "$volume")/releases.jsonl" 2> /dev/null || true
done)
own() { docker image ls --filter label=backline.stack --format "$1"; }
own '{{.Repository}}' | grep -vx '<none>' | sort -u | while read -r repository; do
  docker image ls --filter label=backline.stack --format '{{.Repository}}:{{.Tag}}' "$repository" |
    tail -n +6 | while read -r image; do
      case "$recorded" in *"$image\""*) continue ;; esac
      docker image rm "$image" > /dev/null 2>&1 && echo "removed $image" || true
    done
done
docker image prune --force --filter label=backline.stack > /dev/null
BACKLINE_END
put /etc/systemd/system/backline-image-cleanup.service 0644 root:root << 'BACKLINE_END'
[Unit]
Description=Removes old images of the platform's services
Requires=docker.service
After=docker.service

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/backline-image-cleanup
BACKLINE_END
put /etc/systemd/system/backline-image-cleanup.timer 0644 root:root << 'BACKLINE_END'
[Unit]
Description=Removes old images every night

[Timer]
OnCalendar=*-*-* 03:30:00
RandomizedDelaySec=30m
Persistent=true

[Install]
WantedBy=timers.target
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
systemctl daemon-reload
systemctl enable --quiet --now backline-image-cleanup.timer
)
rm -f "$state/$step.pending"
echo 'image-cleanup: done'
