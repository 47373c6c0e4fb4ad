#!/bin/sh
# Checks, and changes nothing of, the group access. Made by Backline.
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

step=admin-user
report=$(
different=0
same /etc/sudoers.d/backline 0440 root:root 3f95fc7fa1849893fc5a9a58bf7c10894906c437f9bae8eb222787e3e988ce31 || different=1
(
drift=0
id -u ops > /dev/null 2>&1 || { echo 'there is no user ops'; drift=1; }
[ "$(getent shadow ops | cut -d : -f 2)" = '*' ] || { echo 'ops has a password'; drift=1; }
id -nG ops 2> /dev/null | tr ' ' '\n' | grep -qx sudo || { echo 'ops is not in the group sudo'; drift=1; }
id -nG ops 2> /dev/null | tr ' ' '\n' | grep -qx docker || { echo 'ops is not in the group docker'; drift=1; }
[ "$(stat -c %a /home/ops 2> /dev/null)" = 750 ] || { echo '/home/ops has another mode than 750'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=admin-keys
report=$(
different=0
same /home/ops/.ssh/authorized_keys 0600 ops:ops e32db879d89729086c4fb6f5bf9a32158f72ff8e09f5ece6aefe99fca38e3b99 || different=1
(
drift=0
[ "$(stat -c '%a %U' /home/ops/.ssh 2> /dev/null)" = "700 ops" ] || { echo '/home/ops/.ssh is open to others'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=ssh-server
report=$(
different=0
same /etc/ssh/sshd_config.d/00-backline.conf 0600 root:root ca3461af52056160169ad8ffc683946ec0bab5a0b6f87be35ff9c345a8b7fffa || different=1
(
drift=0
systemctl is-enabled --quiet ssh.service 2> /dev/null || { echo 'ssh.service is not enabled'; drift=1; }
systemctl is-active --quiet ssh.service || { echo 'ssh.service does not run'; drift=1; }
sshd -T 2> /dev/null | grep -qx 'port 2222' || { echo 'the SSH server does not have: port 2222'; drift=1; }
sshd -T 2> /dev/null | grep -qx 'permitrootlogin no' || { echo 'the SSH server does not have: permitrootlogin no'; drift=1; }
sshd -T 2> /dev/null | grep -qx 'passwordauthentication no' || { echo 'the SSH server does not have: passwordauthentication no'; drift=1; }
sshd -T 2> /dev/null | grep -qx 'kbdinteractiveauthentication no' || { echo 'the SSH server does not have: kbdinteractiveauthentication no'; drift=1; }
sshd -T 2> /dev/null | grep -qx 'authenticationmethods publickey' || { echo 'the SSH server does not have: authenticationmethods publickey'; drift=1; }
[ "$(sshd -T 2> /dev/null | grep -c '^port ')" = 1 ] || { echo 'the SSH server does not listen on exactly one port'; drift=1; }
[ "$(ssh-keygen -l -f /etc/ssh/ssh_host_rsa_key 2> /dev/null | cut -d ' ' -f 1)" -ge 4096 ] 2> /dev/null || { echo 'the host'\''s RSA key is shorter than 4096 bits'; drift=1; }
[ -z "$(awk '!/^#/ && $5 < 3071' /etc/ssh/moduli)" ] || { echo 'groups of less than 3072 bits are offered'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=fail2ban
report=$(
different=0
same /etc/fail2ban/jail.d/backline.local 0644 root:root ef24d1c761b90087123e65b861a27c23a67b8c787b6133ed763aa0b77cb1285b || different=1
same /etc/fail2ban/filter.d/sshd.local 0644 root:root d74da78e93f7dac57da6ec02789eab5f142e3b35755decb87d7b46ca3fa9ca12 || different=1
(
drift=0
systemctl is-enabled --quiet fail2ban.service 2> /dev/null || { echo 'fail2ban.service is not enabled'; drift=1; }
systemctl is-active --quiet fail2ban.service || { echo 'fail2ban.service does not run'; drift=1; }
fail2ban-client status sshd > /dev/null 2>&1 || { echo 'fail2ban does not watch the SSH server'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

step=firewall
report=$(
different=0
same /etc/backline/ufw-rules 0644 root:root 735cd840b98f6ed1ce6759cee806b0f750f7d9a606c13ebbbf015b3d1e08c942 || different=1
(
drift=0
systemctl is-enabled --quiet ufw.service 2> /dev/null || { echo 'ufw.service is not enabled'; drift=1; }
grep -qx 'IPT_SYSCTL=' /etc/default/ufw || { echo 'UFW sets kernel settings of its own'; drift=1; }
LC_ALL=C ufw status | grep -qx 'Status: active' || { echo 'the firewall is off'; drift=1; }
{ grep -qx 'DEFAULT_INPUT_POLICY="DROP"' /etc/default/ufw && grep -qx 'DEFAULT_OUTPUT_POLICY="ACCEPT"' /etc/default/ufw; } || { echo 'the firewall lets in by default'; drift=1; }
[ "$(ufw show added | grep '^ufw ')" = "$(cat /etc/backline/ufw-rules 2> /dev/null)" ] || { echo 'the firewall has other rules'; drift=1; }
exit "$drift"
) || different=1
exit "$different"
) && found=ok || found=drift
tell

exit "$drifted"
