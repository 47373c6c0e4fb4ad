#!/bin/sh
# Checks, and changes nothing of, the group docker. Made by Backline.
set -eu
umask 022
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
release=$(. /etc/os-release; echo "$ID-$VERSION_ID")
if [ "$release" != debian-12 ]; then
  echo "the host runs $release, and this is for debian-12" >&2
  exit 2
fi
if [ "$(id -u)" != 0 ]; then echo "this needs root; run it with sudo" >&2; exit 2; fi
drifted=0
# same <path> <mode> <owner> <SHA-256>: whether a file is as it should be.
same() {
  if [ ! -f "$1" ]; then echo "$1 is missing"; return 1; fi
  if [ "$(sha256sum < "$1")" != "$4  -" ]; then echo "$1 has another content"; return 1; fi
  if [ "$(stat -c '0%a %U:%G' "$1")" != "$2 $3" ]; then echo "$1 has another mode or owner than $2 $3"; return 1; fi
}
tell() {
  echo "$found: $step"
  if [ "$found" = drift ]; then
    drifted=1
    printf '%s\n' "$report" | sed 's/^/  /'
  fi
}

step=published-ports
report=$(
different=0
same /etc/backline/published-ports.v4 0644 root:root 1913df58f0e3ad3c46056db0268711b22570eb00ee18876475d1eef089abd199 || different=1
same /etc/backline/published-ports.v6 0644 root:root 2d93226758be9f9a5aa190b8f07faca03549be16302d919f57eee19ae18f3589 || different=1
same /etc/systemd/system/backline-published-ports.service 0644 root:root 720d637d929d457b84d5422913ed89f580e666e8fc5d9211c54b45e28aa89f49 || different=1
(
drift=0
systemctl is-enabled --quiet backline-published-ports.service 2> /dev/null || { echo 'backline-published-ports.service is not enabled'; drift=1; }
systemctl is-active --quiet backline-published-ports.service || { echo 'backline-published-ports.service does not run'; drift=1; }
iptables -S DOCKER-USER 2> /dev/null | grep -qx -- '-A DOCKER-USER -m conntrack --ctstate DNAT -j DROP' || { echo 'iptables: the chain DOCKER-USER lets everything through'; drift=1; }
[ "$(iptables -S DOCKER-USER 2> /dev/null | grep -c '^-A')" = "$(grep -c '^-A DOCKER-USER' /etc/backline/published-ports.v4 2> /dev/null)" ] || { echo 'iptables: the chain DOCKER-USER has other rules'; drift=1; }
iptables -S DOCKER-USER 2> /dev/null | grep -q -- '--ctorigdstport 80 -g BACKLINE-WEB' || { echo 'iptables: the chain DOCKER-USER has no rule for the port 80'; drift=1; }
iptables -S DOCKER-USER 2> /dev/null | grep -q -- '--ctorigdstport 443 -g BACKLINE-WEB' || { echo 'iptables: the chain DOCKER-USER has no rule for the port 443'; drift=1; }
ip6tables -S DOCKER-USER 2> /dev/null | grep -qx -- '-A DOCKER-USER -m conntrack --ctstate DNAT -j DROP' || { echo 'ip6tables: the chain DOCKER-USER lets everything through'; drift=1; }
[ "$(ip6tables -S DOCKER-USER 2> /dev/null | grep -c '^-A')" = "$(grep -c '^-A DOCKER-USER' /etc/backline/published-ports.v6 2> /dev/null)" ] || { echo 'ip6tables: the chain DOCKER-USER has other rules'; drift=1; }
ip6tables -S DOCKER-USER 2> /dev/null | grep -q -- '--ctorigdstport 80 -g BACKLINE-WEB' || { echo 'ip6tables: the chain DOCKER-USER has no rule for the port 80'; drift=1; }
ip6tables -S DOCKER-USER 2> /dev/null | grep -q -- '--ctorigdstport 443 -g BACKLINE-WEB' || { echo 'ip6tables: the chain DOCKER-USER has no rule for the port 443'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=docker
report=$(
different=0
same /etc/docker/daemon.json 0644 root:root 2efc9f16655133363dcec3c4017cd8d83a5ed0024865c97cab457fc2a6ae1904 || different=1
same /etc/systemd/system.conf.d/50-backline.conf 0644 root:root 9c8bd3a17996ee5e9a0bd4e430e1a0c60d28f2b5ab7fc5bec53c18f29344e2d8 || different=1
(
drift=0
systemctl is-enabled --quiet docker.service 2> /dev/null || { echo 'docker.service is not enabled'; drift=1; }
systemctl is-active --quiet docker.service || { echo 'docker.service does not run'; drift=1; }
[ "$(docker info --format '{{.LiveRestoreEnabled}}' 2> /dev/null)" = true ] || { echo 'Docker runs without live-restore'; drift=1; }
[ "$(systemctl show --property DefaultTimeoutStopUSec --value)" = 30s ] || { echo 'the host waits for another time than 30 s for what does not end when it goes down'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=image-cleanup
report=$(
different=0
same /usr/local/sbin/backline-image-cleanup 0755 root:root 48109d83c2be3c77733c55c31503cd45abd92a956fef52e6aad1658c6eb25550 || different=1
same /etc/systemd/system/backline-image-cleanup.service 0644 root:root f16ff93c172d590c35cfa29ef7f43890862020bb3c1f6b6ef76a15c2d0336327 || different=1
same /etc/systemd/system/backline-image-cleanup.timer 0644 root:root 4277b2b91abe1ddc0a5f8113a75355c698cfd4e7e08cd8e2b15576f9e85cb075 || different=1
(
drift=0
systemctl is-active --quiet backline-image-cleanup.timer || { echo 'the timer does not run'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

exit "$drifted"
