#!/bin/sh
# Applies the group system. Made by Backline.
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
release=$(. /etc/os-release; echo "$ID-$VERSION_ID")
if [ "$release" != debian-12 ]; then
  echo "the host runs $release, and this is for debian-12; set host.distribution" >&2
  exit 2
fi
if [ "$(id -u)" != 0 ]; then echo "this needs root; run it with sudo" >&2; exit 2; fi
state=/var/lib/backline-host
mkdir -p "$state"
step=
trap 'status=$?; [ "$status" = 0 ] || echo "the step $step failed with exit code $status" >&2' EXIT
# put <path> <mode> <owner> [<validation>]: the file takes its place whole, accepted, and only where it differs.
put() {
  mkdir -p "$(dirname "$1")"
  (umask 077; cat > "$1.backline-new")
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

# Installs what the other steps configure, and Docker Engine unless one is there: from Docker's repository where it can be reached, else the distribution's.
step=packages
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
export DEBIAN_FRONTEND=noninteractive
apt() { apt-get -qq -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 "$@"; }
missing=
for name in auditd ca-certificates curl fail2ban iptables openssh-server python3-systemd sudo systemd-timesyncd tzdata ufw unattended-upgrades; do
  dpkg-query -W -f '${db:Status-Status}' "$name" 2> /dev/null | grep -qx installed || missing="$missing $name"
done
if [ -n "$missing" ]; then
  apt update
  apt install --no-install-recommends $missing
fi
if ! command -v dockerd > /dev/null; then
  key=$(mktemp) docker="docker.io"
  if curl -fsSL --connect-timeout 5 --max-time 30 -o "$key" https://download.docker.com/linux/debian/gpg; then
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
  fi
  rm -f "$key"
  apt update
  apt install --no-install-recommends $docker
fi
systemctl enable --quiet --now docker.service
)
rm -f "$state/$step.pending"
echo 'packages: done'

# Installs security upgrades every day, and never reboots by itself.
step=security-upgrades
put /etc/apt/apt.conf.d/52backline-upgrades 0644 root:root << 'BACKLINE_END'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
#clear Unattended-Upgrade::Origins-Pattern;
#clear Unattended-Upgrade::Allowed-Origins;
Unattended-Upgrade::Origins-Pattern {
  "origin=Debian,codename=${distro_codename}-security,label=Debian-Security";
  "origin=Debian,codename=${distro_codename},label=Debian-Security";
};
Unattended-Upgrade::Automatic-Reboot "false";
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
Unattended-Upgrade::Remove-New-Unused-Dependencies "true";
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
systemctl enable --quiet --now apt-daily.timer apt-daily-upgrade.timer
)
rm -f "$state/$step.pending"
echo 'security-upgrades: done'

# Sets the time zone Europe/Berlin.
step=time-zone
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

# Keeps the clock right with systemd-timesyncd.
step=time-sync
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
systemctl enable --quiet --now systemd-timesyncd.service
)
rm -f "$state/$step.pending"
echo 'time-sync: done'

# Adds a swap file of 4096 MiB.
step=swap
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

# Keeps the system's log over reboots, in at most 1 GiB and for at most 30 days.
step=journal
put /etc/systemd/journald.conf.d/50-backline.conf 0644 root:root << 'BACKLINE_END'
[Journal]
Storage=persistent
SystemMaxUse=1G
SystemKeepFree=1G
MaxRetentionSec=30day
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
[ "$changed" = 0 ] || systemctl restart systemd-journald.service
)
rm -f "$state/$step.pending"
echo 'journal: done'

# Hides kernel addresses and logs from users, restricts debugging and unprivileged BPF, and prepares memory for the stores.
step=kernel
put /etc/sysctl.d/90-backline-kernel.conf 0644 root:root << 'BACKLINE_END'
dev.tty.ldisc_autoload = 0
fs.protected_fifos = 2
fs.protected_hardlinks = 1
fs.protected_regular = 2
fs.protected_symlinks = 1
fs.suid_dumpable = 0
kernel.core_uses_pid = 1
kernel.dmesg_restrict = 1
kernel.kptr_restrict = 2
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

# Refuses redirects and source routes, logs impossible addresses, and lengthens the queue of new connections.
step=network
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

# Records changes of users, sudo, SSH, firewall, Docker and units, of the clock, and the loading of kernel modules.
step=audit
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
