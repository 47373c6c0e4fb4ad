#!/bin/sh
# Applies the group access. Made by Backline.
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
mkdir -p -m 0700 /var/lib/backline-host/guard
# What a run before this one has left unconfirmed goes first.
if [ -e /var/lib/backline-host/guard/armed ]; then rm -f /run/backline-guarded; sh /var/lib/backline-host/guard/revert; echo "taken back: what an earlier run left unconfirmed"; fi
for path in /etc/sudoers.d/backline /home/ops/.ssh/authorized_keys /etc/ssh/sshd_config.d/00-backline.conf /etc/fail2ban/jail.d/backline.local /etc/fail2ban/filter.d/sshd.local /etc/backline/ufw-rules /etc/ufw /etc/default/ufw; do [ ! -e "$path" ] || echo ".$path"; done > /var/lib/backline-host/guard/paths
tar -C / -cpf /var/lib/backline-host/guard/before.tar -T /var/lib/backline-host/guard/paths
cat > /var/lib/backline-host/guard/revert << 'BACKLINE_GUARD'
# Takes back a change of the SSH server or the firewall that nobody has confirmed.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
exec 8> /var/lib/backline-host/guard.lock; flock 8
[ -e /var/lib/backline-host/guard/armed ] || exit 0
# A copy that cannot be read puts nothing back.
tar -tf /var/lib/backline-host/guard/before.tar > /dev/null || exit 1
date -u +%Y-%m-%dT%H:%M:%SZ > /var/lib/backline-host/guard/reverted
# What still runs would go on changing what is put back here.
if [ -s /run/backline-guarded ]; then kill -9 "-$(cat /run/backline-guarded)"; rm -f /run/backline-guarded; fi
rm -rf /etc/sudoers.d/backline /home/ops/.ssh/authorized_keys /etc/ssh/sshd_config.d/00-backline.conf /etc/fail2ban/jail.d/backline.local /etc/fail2ban/filter.d/sshd.local /etc/backline/ufw-rules /etc/ufw /etc/default/ufw
tar -C / -xpf /var/lib/backline-host/guard/before.tar
/usr/lib/ufw/ufw-init force-stop > /dev/null 2>&1
/usr/lib/ufw/ufw-init start > /dev/null 2>&1
systemctl reload-or-restart ssh.service
systemctl try-restart fail2ban.service
rm -f /var/lib/backline-host/guard/armed
systemctl disable --quiet --now backline-revert.timer
BACKLINE_GUARD
cat > /var/lib/backline-host/guard/keep << 'BACKLINE_GUARD'
exec 8> /var/lib/backline-host/guard.lock; flock 8
if [ "$(cat /var/lib/backline-host/guard/armed 2> /dev/null)" != "$1" ]; then echo "taken back already" >&2; exit 1; fi
rm -f /var/lib/backline-host/guard/armed /var/lib/backline-host/guard/reverted /var/lib/backline-host/guard/before.tar
systemctl disable --quiet --now backline-revert.timer
BACKLINE_GUARD
cat > /etc/systemd/system/backline-revert.service << 'BACKLINE_GUARD'
[Unit]
Description=Take back an unconfirmed change of SSH or the firewall
[Service]
Type=oneshot
ExecStart=/bin/sh /var/lib/backline-host/guard/revert
BACKLINE_GUARD
cat > /etc/systemd/system/backline-revert.timer << 'BACKLINE_GUARD'
[Unit]
Description=Time to confirm a change of SSH or the firewall
[Timer]
OnActiveSec=40
AccuracySec=1
[Install]
WantedBy=timers.target
BACKLINE_GUARD
systemctl daemon-reload
echo "${BACKLINE_RUN-by-hand}" > /var/lib/backline-host/guard/armed
# Whole file systems, so that a copy is there wherever the mark is.
sync -f /var/lib/backline-host/guard /etc/systemd/system
awk '{ print $5 }' "/proc/$$/stat" > /run/backline-guarded
systemctl enable --quiet backline-revert.timer
systemctl restart backline-revert.timer
finish() { rm -f /run/backline-guarded; }
take_back() { echo "what this run has changed is taken back" >&2; sh /var/lib/backline-host/guard/revert; }
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

step=admin-user
echo 'admin-user: Makes the user ops, without a password, with sudo and with the right to use Docker.'
put /etc/sudoers.d/backline 0440 root:root 'visudo -cqf "$1"' << 'BACKLINE_END'
ops ALL=(ALL:ALL) NOPASSWD: ALL
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
id -u ops > /dev/null 2>&1 || useradd --create-home --shell /bin/bash ops
if ! { [ "$(getent shadow ops | cut -d : -f 2)" = '*' ] && id -nG ops 2> /dev/null | tr ' ' '\n' | grep -qx sudo && id -nG ops 2> /dev/null | tr ' ' '\n' | grep -qx docker; }; then
  usermod --password '*' --append --groups sudo,docker ops
fi
chmod 0750 /home/ops
install -d -m 0700 -o ops -g ops /home/ops/.ssh
)
rm -f "$state/$step.pending"
echo 'admin-user: done'

step=admin-keys
echo 'admin-keys: Lets 2 keys sign in as ops, and no other.'
put /home/ops/.ssh/authorized_keys 0600 ops:ops 'ssh-keygen -l -f "$1" > /dev/null' << 'BACKLINE_END'
# Written by Backline: keys that are added here by hand do not stay.
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB4Qu6jsnXpJbK6LbTDXdQMnQsDVM38POQ7Q1mfnn408 ops@example.com
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT second@example.com
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
:
)
rm -f "$state/$step.pending"
echo 'admin-keys: done'

step=ssh-server
echo 'ssh-server: Lets ops alone sign in, on port 2222, with a key and modern algorithms: no root, no passwords, no forwarding.'
put /etc/ssh/sshd_config.d/00-backline.conf 0600 root:root 'mkdir -p /run/sshd && ssh-keygen -l -f /home/ops/.ssh/authorized_keys > /dev/null && ssh-keygen -A > /dev/null && sshd -t -f "$1"' << 'BACKLINE_END'
Port 2222
HostKey /etc/ssh/ssh_host_rsa_key
HostKey /etc/ssh/ssh_host_ed25519_key

AllowUsers ops@198.51.100.0/24 ops@203.0.113.7/32 ops@2001:db8::/32
AuthenticationMethods publickey
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
HostbasedAuthentication no
PermitEmptyPasswords no
PermitRootLogin no
PermitUserEnvironment no
LoginGraceTime 30
MaxAuthTries 3
# Docker's client opens one session for each request over one connection.
MaxSessions 100
MaxStartups 10:30:60
PerSourcePenaltyExemptList 198.51.100.0/24,203.0.113.7/32,2001:db8::/32

AllowAgentForwarding no
AllowStreamLocalForwarding no
AllowTcpForwarding no
PermitTunnel no
X11Forwarding no
Compression no
TCPKeepAlive no
ClientAliveInterval 90
ClientAliveCountMax 2
LogLevel VERBOSE

KexAlgorithms mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-gcm@openssh.com,aes128-ctr
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com,umac-128-etm@openssh.com
HostKeyAlgorithms sk-ssh-ed25519-cert-v01@openssh.com,ssh-ed25519-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,sk-ssh-ed25519@openssh.com,ssh-ed25519,rsa-sha2-512,rsa-sha2-256
PubkeyAcceptedAlgorithms sk-ssh-ed25519-cert-v01@openssh.com,ssh-ed25519-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,sk-ssh-ed25519@openssh.com,ssh-ed25519,rsa-sha2-512,rsa-sha2-256
HostbasedAcceptedAlgorithms sk-ssh-ed25519-cert-v01@openssh.com,ssh-ed25519-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,sk-ssh-ed25519@openssh.com,ssh-ed25519,rsa-sha2-512,rsa-sha2-256
CASignatureAlgorithms sk-ssh-ed25519@openssh.com,ssh-ed25519,rsa-sha2-512,rsa-sha2-256
RequiredRSASize 3072
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
# An RSA key of the host that is shorter than 4096 bits is made anew; pinned is the Ed25519 key, which stays.
bits=$(ssh-keygen -l -f /etc/ssh/ssh_host_rsa_key | cut -d ' ' -f 1)
if [ "$bits" -lt 4096 ]; then
  rm -f /etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_rsa_key.pub
  ssh-keygen -q -t rsa -b 4096 -N '' -f /etc/ssh/ssh_host_rsa_key
fi
# Groups of less than 3072 bits are no longer offered.
awk '/^#/ || $5 >= 3071' /etc/ssh/moduli > /etc/ssh/moduli.backline-new
if [ -s /etc/ssh/moduli.backline-new ] && ! cmp -s /etc/ssh/moduli.backline-new /etc/ssh/moduli; then
  chmod 0644 /etc/ssh/moduli.backline-new
  mv -f /etc/ssh/moduli.backline-new /etc/ssh/moduli
fi
rm -f /etc/ssh/moduli.backline-new
sshd -t
if [ "$changed" = 1 ]; then
systemctl reload-or-restart ssh.service
fi
systemctl enable --quiet ssh.service
)
rm -f "$state/$step.pending"
echo 'ssh-server: done'

step=fail2ban
echo 'fail2ban: Shuts out for an hour, then longer, who fails to sign in five times in ten minutes; never an address of the allow-list.'
put /etc/fail2ban/jail.d/backline.local 0644 root:root << 'BACKLINE_END'
[DEFAULT]
backend = systemd
ignoreip = 127.0.0.1/8 ::1 198.51.100.0/24 203.0.113.7/32 2001:db8::/32

[sshd]
enabled = true
mode = aggressive
port = 2222
maxretry = 5
findtime = 10m
bantime = 1h
bantime.increment = true
bantime.maxtime = 1w
BACKLINE_END
put /etc/fail2ban/filter.d/sshd.local 0644 root:root << 'BACKLINE_END'
[DEFAULT]
_daemon = sshd(?:-session|-auth)?

[Definition]
journalmatch = _SYSTEMD_UNIT=ssh.service + _SYSTEMD_UNIT=sshd.service
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
fail2ban-client --test > /dev/null
systemctl enable --quiet fail2ban.service
# Not a start and then a restart: one that is still starting takes 90 s to stop.
if [ "$changed" = 1 ]; then systemctl restart fail2ban.service; else systemctl start fail2ban.service; fi
# The operator has tried keys before the user was there. Until fail2ban's next start that is no attack.
if [ -n "${BACKLINE_OPERATOR-}" ]; then
  for try in 1 2 3 4 5 6 7 8 9 10; do fail2ban-client ping > /dev/null 2>&1 && break; sleep 0.5; done
  fail2ban-client set sshd addignoreip "$BACKLINE_OPERATOR" > /dev/null
  # What it has read of the journal by now may still shut out.
  for try in 1 2 3; do fail2ban-client set sshd unbanip "$BACKLINE_OPERATOR" > /dev/null; sleep 0.3; done
fi
)
rm -f "$state/$step.pending"
echo 'fail2ban: done'

step=firewall
echo 'firewall: Refuses everything from outside but SSH on port 2222 from the allow-list, without a rate limit. What containers publish is the step published-ports.'
put /etc/backline/ufw-rules 0644 root:root << 'BACKLINE_END'
ufw allow from 198.51.100.0/24 to any port 2222 proto tcp
ufw allow from 203.0.113.7 to any port 2222 proto tcp
ufw allow from 2001:db8::/32 to any port 2222 proto tcp
BACKLINE_END
if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi
(
# UFW's own kernel settings would undo those of the step network.
grep -qx 'IPT_SYSCTL=' /etc/default/ufw || sed -i 's|^IPT_SYSCTL=.*|IPT_SYSCTL=|' /etc/default/ufw
if [ "$(ufw show added | grep '^ufw ')" != "$(cat /etc/backline/ufw-rules)" ]; then
  ufw --force reset > /dev/null
  while read -r command rule; do "$command" $rule > /dev/null; done < /etc/backline/ufw-rules
fi
# Each of these loads all rules anew, so they run only where they change something.
grep -qx 'DEFAULT_INPUT_POLICY="DROP"' /etc/default/ufw && grep -qx 'DEFAULT_OUTPUT_POLICY="ACCEPT"' /etc/default/ufw || { ufw default deny incoming; ufw default allow outgoing; } > /dev/null
LC_ALL=C ufw status | grep -qx 'Status: active' || ufw --force enable > /dev/null
systemctl enable --quiet ufw.service
)
rm -f "$state/$step.pending"
echo 'firewall: done'
