#!/bin/sh
# Applies the group system. Made by Backline.
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

step=packages
echo 'packages: Installs what the other steps configure, and Docker Engine unless one is there: from Docker'\''s repository where it can be reached, else the distribution'\''s.'
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
export DEBIAN_FRONTEND=noninteractive
quietly() {
  left=120
  until "$@" > "$state/packages.log" 2>&1; do
    if [ "$left" = 0 ] || ! grep -qE 'Could not get lock|Unable to acquire the dpkg|locked by another process' "$state/packages.log"; then
      grep -E '^(E|W|Err|dpkg)|No space left' "$state/packages.log" >&2 || tail -n 10 "$state/packages.log" >&2
      return 1
    fi
    sleep 1
    left=$((left - 1))
  done
}
apt() { quietly apt-get -qq -y -o Acquire::Retries=2 -o Dpkg::Options::=--force-confold "$@"; }
if [ -n "$(dpkg --audit)$(ls /var/lib/dpkg/updates)" ]; then
  echo "packages: an installation was cut off, and is brought to its end"
  apt update
  # What this cannot do is done by what follows, which says why where it cannot either.
  dpkg --force-confdef --force-confold --configure -a > "$state/packages.log" 2>&1 || true
  torn=$(dpkg-query -W -f '${db:Status-Eflag} ${Package}\n' | sed -n 's/^reinstreq //p')
  if [ -n "$torn" ]; then apt install --reinstall $torn; fi
  apt install --fix-broken
  quietly dpkg --force-confdef --force-confold --configure -a
fi
missing=
for name in auditd ca-certificates curl debsums fail2ban iptables openssh-server python3-systemd sudo systemd-timesyncd tzdata ufw unattended-upgrades; do
  dpkg-query -W -f '${db:Status-Status}' "$name" 2> /dev/null | grep -qx installed || missing="$missing $name"
done
if [ -n "$missing" ] || ! dpkg --compare-versions "$(dpkg-query -W -f '${Version}' openssh-server 2> /dev/null)" ge 1:9.9 || ! command -v dockerd > /dev/null; then apt update; fi
if ! dpkg --compare-versions "$(dpkg-query -W -f '${Version}' openssh-server 2> /dev/null)" ge 1:9.9; then
  # From the mirror that the host has its other packages from.
  mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | awk '$2 == "bookworm" { print $1; exit }')
  if [ -z "$mirror" ]; then
    # apt-get counts a mirror that does not answer as a warning.
    grep -E '^(E|W)' "$state/packages.log" >&2 || echo "the sources of apt name no mirror of bookworm" >&2
    exit 1
  fi
  echo "deb $mirror bookworm-backports main" > /etc/apt/sources.list.d/backline-openssh.list
  apt update -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/backline-openssh.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0
  missing="$missing openssh-client/bookworm-backports openssh-server/bookworm-backports openssh-sftp-server/bookworm-backports"
fi
if [ -n "$missing" ]; then apt install --no-install-recommends $missing; fi
if ! command -v dockerd > /dev/null; then
  key=$(mktemp) docker="docker.io"
  if curl -fsSL --connect-timeout 5 --max-time 30 -o "$key" https://download.docker.com/linux/debian/gpg 2> /dev/null; then
    install -D -m 0644 "$key" /etc/apt/keyrings/docker.asc
    {
      echo "Types: deb"
      echo "URIs: https://download.docker.com/linux/debian"
      echo "Suites: bookworm"
      echo "Components: stable"
      echo "Architectures: $(dpkg --print-architecture)"
      echo "Signed-By: /etc/apt/keyrings/docker.asc"
    } > /etc/apt/sources.list.d/docker.sources
    docker="docker-ce docker-ce-cli containerd.io"
    apt update
  fi
  rm -f "$key"
  echo "packages: Docker Engine as $docker"
  apt install --no-install-recommends $docker
fi
systemctl enable --quiet --now docker.service
)
rm -f "$state/$step.pending"
echo 'packages: done'

step=security-upgrades
echo 'security-upgrades: Installs security upgrades at once and then every day, and never reboots by itself.'
put /etc/apt/apt.conf.d/52backline-upgrades 0644 root:root << 'BACKLINE_END'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
#clear Unattended-Upgrade::Origins-Pattern;
#clear Unattended-Upgrade::Allowed-Origins;
Unattended-Upgrade::Origins-Pattern {
  "origin=Debian,codename=${distro_codename}-security,label=Debian-Security";
  "origin=Debian,codename=${distro_codename},label=Debian-Security";
  "origin=Debian Backports,codename=${distro_codename}-backports,label=Debian Backports";
};
Unattended-Upgrade::Automatic-Reboot "false";
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
Unattended-Upgrade::Remove-New-Unused-Dependencies "true";
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
systemctl enable --quiet --now apt-daily.timer apt-daily-upgrade.timer
# A fresh host is behind from its first day. What cannot be had now, the daily run tries again.
if [ "$changed" = 1 ]; then
  unattended-upgrade > /dev/null 2>&1 || echo 'not all security upgrades are installed yet' >&2
fi
)
rm -f "$state/$step.pending"
echo 'security-upgrades: done'

step=time-zone
echo 'time-zone: Sets the time zone Europe/Berlin.'
put /etc/timezone 0644 root:root << 'BACKLINE_END'
Europe/Berlin
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
test -e /usr/share/zoneinfo/Europe/Berlin
ln -sfn /usr/share/zoneinfo/Europe/Berlin /etc/localtime
)
rm -f "$state/$step.pending"
echo 'time-zone: done'

step=time-sync
echo 'time-sync: Keeps the clock right with systemd-timesyncd.'
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
systemctl enable --quiet --now systemd-timesyncd.service
)
rm -f "$state/$step.pending"
echo 'time-sync: done'

step=swap
echo 'swap: Adds a swap file of 4096 MiB.'
put /etc/systemd/system/swapfile.swap 0644 root:root << 'BACKLINE_END'
[Unit]
Description=Swap file of Backline

[Swap]
What=/swapfile

[Install]
WantedBy=swap.target
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
if [ "$(stat -c %s /swapfile 2> /dev/null)" != 4294967296 ]; then
  systemctl stop swapfile.swap 2> /dev/null || true
  rm -f /swapfile
  (umask 077; dd if=/dev/zero of=/swapfile bs=1M count=4096 status=none)
  mkswap --quiet /swapfile
fi
chmod 0600 /swapfile
systemctl daemon-reload
systemctl enable --quiet --now swapfile.swap
)
rm -f "$state/$step.pending"
echo 'swap: done'

step=journal
echo 'journal: Keeps the system'\''s log over reboots, in at most 1 GiB and for at most 30 days.'
put /etc/systemd/journald.conf.d/50-backline.conf 0644 root:root << 'BACKLINE_END'
[Journal]
Storage=persistent
SystemMaxUse=1G
SystemKeepFree=1G
MaxRetentionSec=30day
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
if [ "$changed" = 1 ]; then systemctl restart systemd-journald.service; else systemctl start systemd-journald.service; fi
)
rm -f "$state/$step.pending"
echo 'journal: done'

step=kernel
echo 'kernel: Hides kernel addresses and logs from users, restricts debugging and unprivileged BPF, and prepares memory for the stores.'
put /etc/sysctl.d/90-backline-kernel.conf 0644 root:root << 'BACKLINE_END'
dev.tty.ldisc_autoload = 0
fs.protected_fifos = 2
fs.protected_hardlinks = 1
fs.protected_regular = 2
fs.protected_symlinks = 1
fs.suid_dumpable = 0
kernel.core_uses_pid = 1
kernel.ctrl-alt-del = 0
kernel.dmesg_restrict = 1
kernel.kptr_restrict = 2
kernel.perf_event_paranoid = 3
kernel.randomize_va_space = 2
kernel.sysrq = 0
kernel.unprivileged_bpf_disabled = 1
kernel.yama.ptrace_scope = 1
net.core.bpf_jit_harden = 2
vm.overcommit_memory = 1
vm.swappiness = 10
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
sysctl --quiet --ignore --load=/etc/sysctl.d/90-backline-kernel.conf
)
rm -f "$state/$step.pending"
echo 'kernel: done'

step=modules
echo 'modules: Keeps the kernel from loading drivers for rare network protocols, USB storage and FireWire.'
put /etc/modprobe.d/50-backline.conf 0644 root:root << 'BACKLINE_END'
install dccp /bin/false
blacklist dccp
install sctp /bin/false
blacklist sctp
install rds /bin/false
blacklist rds
install tipc /bin/false
blacklist tipc
install usb-storage /bin/false
blacklist usb-storage
install firewire-core /bin/false
blacklist firewire-core
install firewire-ohci /bin/false
blacklist firewire-ohci
install firewire-sbp2 /bin/false
blacklist firewire-sbp2
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
:
)
rm -f "$state/$step.pending"
echo 'modules: done'

step=network
echo 'network: Refuses redirects and source routes, logs impossible addresses, and lengthens the queue of new connections.'
put /etc/sysctl.d/90-backline-network.conf 0644 root:root << 'BACKLINE_END'
net.core.somaxconn = 4096
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.all.log_martians = 1
net.ipv4.conf.all.rp_filter = 1
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv4.conf.default.accept_source_route = 0
net.ipv4.conf.default.log_martians = 1
net.ipv4.conf.default.send_redirects = 0
net.ipv4.icmp_echo_ignore_broadcasts = 1
net.ipv4.tcp_syncookies = 1
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.all.accept_source_route = 0
net.ipv6.conf.default.accept_redirects = 0
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
sysctl --quiet --ignore --load=/etc/sysctl.d/90-backline-network.conf
)
rm -f "$state/$step.pending"
echo 'network: done'

step=audit
echo 'audit: Records changes of users, sudo, SSH, firewall, Docker and units, of the clock, and the loading of kernel modules.'
put /etc/audit/rules.d/50-backline.rules 0640 root:root << 'BACKLINE_END'
-w /etc/passwd -p wa -k identity
-w /etc/group -p wa -k identity
-w /etc/shadow -p wa -k identity
-w /etc/gshadow -p wa -k identity
-w /etc/sudoers -p wa -k sudo
-w /etc/sudoers.d/ -p wa -k sudo
-w /etc/ssh/ -p wa -k ssh
-w /etc/ufw/ -p wa -k firewall
-w /etc/backline/ -p wa -k firewall
-w /etc/docker/ -p wa -k docker
-w /etc/systemd/system/ -p wa -k units
-w /etc/audit/ -p wa -k audit
-a always,exit -F arch=b64 -S adjtimex,settimeofday,clock_settime -k clock
-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -k modules
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
systemctl enable --quiet --now auditd.service
[ "$changed" = 0 ] || augenrules --load > /dev/null
)
rm -f "$state/$step.pending"
echo 'audit: done'

step=accounts
echo 'accounts: Hashes passwords in 65536 rounds, ends a shell that is idle for an hour, and writes no core dumps, which hold secrets.'
put /etc/security/limits.d/50-backline.conf 0644 root:root << 'BACKLINE_END'
* hard core 0
root hard core 0
BACKLINE_END
put /etc/systemd/coredump.conf.d/50-backline.conf 0644 root:root << 'BACKLINE_END'
[Coredump]
Storage=none
ProcessSizeMax=0
BACKLINE_END
put /etc/profile.d/backline.sh 0644 root:root << 'BACKLINE_END'
ulimit -c 0
# A second shell inside the first finds it set.
case "$-:${TMOUT-}" in
  *i*:) TMOUT=3600; readonly TMOUT; export TMOUT ;;
esac
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
if grep -qx 'SHA_CRYPT_MIN_ROUNDS 65536' /etc/login.defs; then
  :
elif grep -q '^SHA_CRYPT_MIN_ROUNDS[[:space:]]' /etc/login.defs; then
  sed -i 's/^SHA_CRYPT_MIN_ROUNDS[[:space:]].*/SHA_CRYPT_MIN_ROUNDS 65536/' /etc/login.defs
else
  echo 'SHA_CRYPT_MIN_ROUNDS 65536' >> /etc/login.defs
fi
if grep -qx 'SHA_CRYPT_MAX_ROUNDS 65536' /etc/login.defs; then
  :
elif grep -q '^SHA_CRYPT_MAX_ROUNDS[[:space:]]' /etc/login.defs; then
  sed -i 's/^SHA_CRYPT_MAX_ROUNDS[[:space:]].*/SHA_CRYPT_MAX_ROUNDS 65536/' /etc/login.defs
else
  echo 'SHA_CRYPT_MAX_ROUNDS 65536' >> /etc/login.defs
fi
)
rm -f "$state/$step.pending"
echo 'accounts: done'

step=permissions
echo 'permissions: Lets root alone read the jobs of cron and the SSH server'\''s configuration.'
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
[ ! -e /etc/ssh/sshd_config ] || chmod 600 /etc/ssh/sshd_config
[ ! -e /etc/crontab ] || chmod 600 /etc/crontab
[ ! -e /etc/cron.d ] || chmod 700 /etc/cron.d
[ ! -e /etc/cron.hourly ] || chmod 700 /etc/cron.hourly
[ ! -e /etc/cron.daily ] || chmod 700 /etc/cron.daily
[ ! -e /etc/cron.weekly ] || chmod 700 /etc/cron.weekly
[ ! -e /etc/cron.monthly ] || chmod 700 /etc/cron.monthly
)
rm -f "$state/$step.pending"
echo 'permissions: done'

step=banner
echo 'banner: Replaces the name of the distribution on the console'\''s sign-in screen by a warning.'
put /etc/issue 0644 root:root << 'BACKLINE_END'
This is a private system. Access is for authorised users alone.
Connections are logged and monitored.
BACKLINE_END
put /etc/issue.net 0644 root:root << 'BACKLINE_END'
This is a private system. Access is for authorised users alone.
Connections are logged and monitored.
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
:
)
rm -f "$state/$step.pending"
echo 'banner: done'

step=package-check
echo 'package-check: Every week compares the programs of all packages with their checksums; the unit fails where one differs.'
put /etc/systemd/system/backline-package-check.service 0644 root:root << 'BACKLINE_END'
[Unit]
Description=Compares programs with the checksums of their packages

[Service]
Type=oneshot
ExecStart=/usr/bin/debsums --changed
Nice=19
IOSchedulingClass=idle
BACKLINE_END
put /etc/systemd/system/backline-package-check.timer 0644 root:root << 'BACKLINE_END'
[Unit]
Description=Compares programs with the checksums of their packages every week

[Timer]
OnCalendar=Sun *-*-* 04:30:00
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
systemctl daemon-reload
systemctl enable --quiet --now backline-package-check.timer
)
rm -f "$state/$step.pending"
echo 'package-check: done'
