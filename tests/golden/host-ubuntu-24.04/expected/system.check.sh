#!/bin/sh
# Checks, and changes nothing of, the group system. Made by Backline.
set -eu
umask 022
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
release=$(. /etc/os-release; echo "$ID-$VERSION_ID")
if [ "$release" != ubuntu-24.04 ]; then
  echo "the host runs $release, and this is for ubuntu-24.04" >&2
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

step=packages
report=$(
different=0
(
drift=0
for name in auditd ca-certificates curl debsums fail2ban iptables openssh-server python3-systemd sudo systemd-timesyncd tzdata ufw unattended-upgrades; do
  dpkg-query -W -f '${db:Status-Status}' "$name" 2> /dev/null | grep -qx installed || { echo "the package $name is not installed"; drift=1; }
done
command -v dockerd > /dev/null || { echo 'Docker Engine is not installed'; drift=1; }
systemctl is-enabled --quiet docker.service 2> /dev/null || { echo 'docker.service is not enabled'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=security-upgrades
report=$(
different=0
same /etc/apt/apt.conf.d/52backline-upgrades 0644 root:root b396fd8127a489510e85a3fa784ae379c8d886a77e779e4ea20480ec43f655ce || different=1
(
drift=0
systemctl is-enabled --quiet apt-daily.timer 2> /dev/null || { echo 'apt-daily.timer is not enabled'; drift=1; }
systemctl is-active --quiet apt-daily.timer || { echo 'apt-daily.timer does not run'; drift=1; }
systemctl is-enabled --quiet apt-daily-upgrade.timer 2> /dev/null || { echo 'apt-daily-upgrade.timer is not enabled'; drift=1; }
systemctl is-active --quiet apt-daily-upgrade.timer || { echo 'apt-daily-upgrade.timer does not run'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=time-zone
report=$(
different=0
same /etc/timezone 0644 root:root f0dcac7b1d721d2f68937a71f0229b4c4f88564fd711339951528889913cd85d || different=1
(
drift=0
[ "$(readlink -f /etc/localtime)" = "$(readlink -f /usr/share/zoneinfo/Etc/UTC)" ] || { echo 'the time zone is not Etc/UTC'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=time-sync
report=$(
different=0
(
drift=0
systemctl is-enabled --quiet systemd-timesyncd.service 2> /dev/null || { echo 'systemd-timesyncd.service is not enabled'; drift=1; }
systemctl is-active --quiet systemd-timesyncd.service || { echo 'systemd-timesyncd.service does not run'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=swap
report=$(
different=0
same /etc/systemd/system/swapfile.swap 0644 root:root 2604d5631cc74d763643bf0928e33fbc5982e21fc5c165d37f60339b6c09370f || different=1
(
drift=0
[ "$(stat -c '%s %a' /swapfile 2> /dev/null)" = "2147483648 600" ] || { echo '/swapfile is not 2048 MiB that root alone can read'; drift=1; }
systemctl is-active --quiet swapfile.swap || { echo 'the swap file is not in use'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=journal
report=$(
different=0
same /etc/systemd/journald.conf.d/50-backline.conf 0644 root:root fcd7a96b9216769a27eabad2346a360dfa8baf42a644523c4dc63c61821cc70e || different=1
(
drift=0
systemctl is-active --quiet systemd-journald.service || { echo 'journald does not run'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=kernel
report=$(
different=0
same /etc/sysctl.d/90-backline-kernel.conf 0644 root:root ed4efdab9ee75609dd2f78ee12be2481205be3ae055b4d17200c0cb69f48b2df || different=1
(
drift=0
[ "$(sysctl -n dev.tty.ldisc_autoload 2> /dev/null)" = 0 ] || { echo 'dev.tty.ldisc_autoload is not 0'; drift=1; }
[ "$(sysctl -n fs.protected_fifos 2> /dev/null)" = 2 ] || { echo 'fs.protected_fifos is not 2'; drift=1; }
[ "$(sysctl -n fs.protected_hardlinks 2> /dev/null)" = 1 ] || { echo 'fs.protected_hardlinks is not 1'; drift=1; }
[ "$(sysctl -n fs.protected_regular 2> /dev/null)" = 2 ] || { echo 'fs.protected_regular is not 2'; drift=1; }
[ "$(sysctl -n fs.protected_symlinks 2> /dev/null)" = 1 ] || { echo 'fs.protected_symlinks is not 1'; drift=1; }
[ "$(sysctl -n fs.suid_dumpable 2> /dev/null)" = 0 ] || { echo 'fs.suid_dumpable is not 0'; drift=1; }
[ "$(sysctl -n kernel.core_uses_pid 2> /dev/null)" = 1 ] || { echo 'kernel.core_uses_pid is not 1'; drift=1; }
[ "$(sysctl -n kernel.ctrl-alt-del 2> /dev/null)" = 0 ] || { echo 'kernel.ctrl-alt-del is not 0'; drift=1; }
[ "$(sysctl -n kernel.dmesg_restrict 2> /dev/null)" = 1 ] || { echo 'kernel.dmesg_restrict is not 1'; drift=1; }
[ "$(sysctl -n kernel.kptr_restrict 2> /dev/null)" = 2 ] || { echo 'kernel.kptr_restrict is not 2'; drift=1; }
[ "$(sysctl -n kernel.perf_event_paranoid 2> /dev/null)" = 3 ] || { echo 'kernel.perf_event_paranoid is not 3'; drift=1; }
[ "$(sysctl -n kernel.randomize_va_space 2> /dev/null)" = 2 ] || { echo 'kernel.randomize_va_space is not 2'; drift=1; }
[ "$(sysctl -n kernel.sysrq 2> /dev/null)" = 0 ] || { echo 'kernel.sysrq is not 0'; drift=1; }
[ "$(sysctl -n kernel.unprivileged_bpf_disabled 2> /dev/null)" = 1 ] || { echo 'kernel.unprivileged_bpf_disabled is not 1'; drift=1; }
[ "$(sysctl -n kernel.yama.ptrace_scope 2> /dev/null)" = 1 ] || { echo 'kernel.yama.ptrace_scope is not 1'; drift=1; }
[ "$(sysctl -n net.core.bpf_jit_harden 2> /dev/null)" = 2 ] || { echo 'net.core.bpf_jit_harden is not 2'; drift=1; }
[ "$(sysctl -n vm.overcommit_memory 2> /dev/null)" = 1 ] || { echo 'vm.overcommit_memory is not 1'; drift=1; }
[ "$(sysctl -n vm.swappiness 2> /dev/null)" = 10 ] || { echo 'vm.swappiness is not 10'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=modules
report=$(
different=0
same /etc/modprobe.d/50-backline.conf 0644 root:root 02c3550ebc7740edac7c00afff9314d6c6ad862048957a72896f1ad51b633ee5 || different=1
(
:
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=network
report=$(
different=0
same /etc/sysctl.d/90-backline-network.conf 0644 root:root ebd4249bdce5a8a9668c49a788e34e33a972cb0a24e349bd2201bfbac31e353d || different=1
(
drift=0
[ "$(sysctl -n net.core.somaxconn 2> /dev/null)" = 4096 ] || { echo 'net.core.somaxconn is not 4096'; drift=1; }
[ "$(sysctl -n net.ipv4.conf.all.accept_redirects 2> /dev/null)" = 0 ] || { echo 'net.ipv4.conf.all.accept_redirects is not 0'; drift=1; }
[ "$(sysctl -n net.ipv4.conf.all.accept_source_route 2> /dev/null)" = 0 ] || { echo 'net.ipv4.conf.all.accept_source_route is not 0'; drift=1; }
[ "$(sysctl -n net.ipv4.conf.all.log_martians 2> /dev/null)" = 1 ] || { echo 'net.ipv4.conf.all.log_martians is not 1'; drift=1; }
[ "$(sysctl -n net.ipv4.conf.all.rp_filter 2> /dev/null)" = 1 ] || { echo 'net.ipv4.conf.all.rp_filter is not 1'; drift=1; }
[ "$(sysctl -n net.ipv4.conf.all.send_redirects 2> /dev/null)" = 0 ] || { echo 'net.ipv4.conf.all.send_redirects is not 0'; drift=1; }
[ "$(sysctl -n net.ipv4.conf.default.accept_redirects 2> /dev/null)" = 0 ] || { echo 'net.ipv4.conf.default.accept_redirects is not 0'; drift=1; }
[ "$(sysctl -n net.ipv4.conf.default.accept_source_route 2> /dev/null)" = 0 ] || { echo 'net.ipv4.conf.default.accept_source_route is not 0'; drift=1; }
[ "$(sysctl -n net.ipv4.conf.default.log_martians 2> /dev/null)" = 1 ] || { echo 'net.ipv4.conf.default.log_martians is not 1'; drift=1; }
[ "$(sysctl -n net.ipv4.conf.default.send_redirects 2> /dev/null)" = 0 ] || { echo 'net.ipv4.conf.default.send_redirects is not 0'; drift=1; }
[ "$(sysctl -n net.ipv4.icmp_echo_ignore_broadcasts 2> /dev/null)" = 1 ] || { echo 'net.ipv4.icmp_echo_ignore_broadcasts is not 1'; drift=1; }
[ "$(sysctl -n net.ipv4.tcp_syncookies 2> /dev/null)" = 1 ] || { echo 'net.ipv4.tcp_syncookies is not 1'; drift=1; }
[ "$(sysctl -n net.ipv6.conf.all.accept_redirects 2> /dev/null)" = 0 ] || { echo 'net.ipv6.conf.all.accept_redirects is not 0'; drift=1; }
[ "$(sysctl -n net.ipv6.conf.all.accept_source_route 2> /dev/null)" = 0 ] || { echo 'net.ipv6.conf.all.accept_source_route is not 0'; drift=1; }
[ "$(sysctl -n net.ipv6.conf.default.accept_redirects 2> /dev/null)" = 0 ] || { echo 'net.ipv6.conf.default.accept_redirects is not 0'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=audit
report=$(
different=0
same /etc/audit/rules.d/50-backline.rules 0640 root:root 1c0d290fb41287a5e65ddbfd6094426518593f7fb7921e470ad1e9a8cded3c8f || different=1
(
drift=0
systemctl is-enabled --quiet auditd.service 2> /dev/null || { echo 'auditd.service is not enabled'; drift=1; }
systemctl is-active --quiet auditd.service || { echo 'auditd.service does not run'; drift=1; }
auditctl -l | grep -q -- '-k identity' || { echo 'the audit rules are not loaded'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=accounts
report=$(
different=0
same /etc/security/limits.d/50-backline.conf 0644 root:root 051692a4beb4dce9e6721061601f5ba7d419e0226b6a44cf9ad4b3e6ad9a7dd2 || different=1
same /etc/systemd/coredump.conf.d/50-backline.conf 0644 root:root 6868e6143a5f267d1917b20f970db2219d8be52ede292e97a0e8410da0061a7f || different=1
same /etc/profile.d/backline.sh 0644 root:root 249d9340993aeb4f8077e9dd9dfd474ee0161fddf47ab9fe44f48720aac35af4 || different=1
(
drift=0
grep -qx 'SHA_CRYPT_MIN_ROUNDS 65536' /etc/login.defs || { echo '/etc/login.defs has another SHA_CRYPT_MIN_ROUNDS than 65536'; drift=1; }
grep -qx 'SHA_CRYPT_MAX_ROUNDS 65536' /etc/login.defs || { echo '/etc/login.defs has another SHA_CRYPT_MAX_ROUNDS than 65536'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=permissions
report=$(
different=0
(
drift=0
[ ! -e /etc/ssh/sshd_config ] || [ "$(stat -c %a /etc/ssh/sshd_config)" = 600 ] || { echo '/etc/ssh/sshd_config has another mode than 600'; drift=1; }
[ ! -e /etc/crontab ] || [ "$(stat -c %a /etc/crontab)" = 600 ] || { echo '/etc/crontab has another mode than 600'; drift=1; }
[ ! -e /etc/cron.d ] || [ "$(stat -c %a /etc/cron.d)" = 700 ] || { echo '/etc/cron.d has another mode than 700'; drift=1; }
[ ! -e /etc/cron.hourly ] || [ "$(stat -c %a /etc/cron.hourly)" = 700 ] || { echo '/etc/cron.hourly has another mode than 700'; drift=1; }
[ ! -e /etc/cron.daily ] || [ "$(stat -c %a /etc/cron.daily)" = 700 ] || { echo '/etc/cron.daily has another mode than 700'; drift=1; }
[ ! -e /etc/cron.weekly ] || [ "$(stat -c %a /etc/cron.weekly)" = 700 ] || { echo '/etc/cron.weekly has another mode than 700'; drift=1; }
[ ! -e /etc/cron.monthly ] || [ "$(stat -c %a /etc/cron.monthly)" = 700 ] || { echo '/etc/cron.monthly has another mode than 700'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=banner
report=$(
different=0
same /etc/issue 0644 root:root 98dd4d185ef8906e24c6db9da56a68f563436758b51d92204d46ae7682e28a28 || different=1
same /etc/issue.net 0644 root:root 98dd4d185ef8906e24c6db9da56a68f563436758b51d92204d46ae7682e28a28 || different=1
(
:
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=package-check
report=$(
different=0
same /etc/systemd/system/backline-package-check.service 0644 root:root 8138d03f975992ed665b2c301bcd8bead97e6ba4ef9eae6c472285f4c1578b8c || different=1
same /etc/systemd/system/backline-package-check.timer 0644 root:root 7416bf5013b3b262553b1b9e39a23343ad2450515dcaaac0d2a440a87482a3f3 || different=1
(
drift=0
systemctl is-active --quiet backline-package-check.timer || { echo 'the timer does not run'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

exit "$drifted"
