set -eu
mkdir -p -m 0700 ~/.ssh
on_host() { ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3 -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o 'KnownHostsCommand=/bin/echo %H ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT' -o HostKeyAlgorithms=ssh-ed25519 -o ControlMaster=auto -o 'ControlPath=~/.ssh/backline-3fef4bbd2e8c3d67' -o ControlPersist=60s -T -p 2222 -l ops 203.0.113.10 "$@"; }
on_host_anew() { ssh -o BatchMode=yes -o ConnectTimeout=5 -o ServerAliveInterval=10 -o ServerAliveCountMax=3 -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o 'KnownHostsCommand=/bin/echo %H ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT' -o HostKeyAlgorithms=ssh-ed25519 -o ControlMaster=no -o ControlPath=none -T -p 2222 -l ops 203.0.113.10 "$@"; }
on_host_first() { ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3 -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o 'KnownHostsCommand=/bin/echo %H ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT' -o HostKeyAlgorithms=ssh-ed25519 -o ControlMaster=auto -o 'ControlPath=~/.ssh/backline-69a04f7958558a67' -o ControlPersist=60s -T -p 22 -l root 203.0.113.10 "$@"; }
reach() {
  for pause in 1 2 4 0; do
    if answer=$("$@" true 2>&1 < /dev/null); then return 0; fi
    case "$answer" in *"Permission denied"*|*"verification failed"*|*"not resolve"*|*"timed out"*|*"No route"*) return 1 ;; esac
    sleep $pause
  done
  return 1
}
refuse() { printf '%s\n' "backline: $1" >&2; exit 4; }
last_line() { printf '%s' "$1" | tr -d '\r' | tail -n 1; }
unreachable() {
  said=$(last_line "$answer")
  case "$answer" in
    *"verification failed"*) refuse "$1 shows another key than host.hostKey; if the host was built anew, run ./backline host trust, and if not, somebody may stand in between" ;;
    *"Permission denied"*) refuse "$1 does not let this key in ($said); load the right one into the SSH agent or name it in host.identityFile" ;;
    *) refuse "there is no SSH connection to $1 ($said); see whether the host is up and host.address and host.port are right" ;;
  esac
}
run=on_host whom=ops@203.0.113.10:2222
if on_host_first -O check > /dev/null 2>&1; then
  run=on_host_first whom=root@203.0.113.10:22
  reach on_host_first || unreachable root@203.0.113.10:22
elif ! reach on_host; then
  run=on_host_first whom=root@203.0.113.10:22
  reach on_host_first || unreachable 'ops@203.0.113.10:2222 or root@203.0.113.10:22'
fi
release=$($run '. /etc/os-release; echo "$ID-$VERSION_ID"' < /dev/null) || refuse "the connection to $whom was lost; run this again"
case "$release" in debian-12|ubuntu-24.04) ;; *) refuse "the host runs $release, and Backline prepares debian-12 or ubuntu-24.04; nothing was changed" ;; esac
become=
if [ "$($run 'id -u' < /dev/null)" != 0 ]; then
  become="sudo -n "
  answer=$($run 'sudo -n true' 2>&1 < /dev/null) || refuse "$whom may not become root ($(last_line "$answer")); let that user use sudo without a password"
fi
id="$(date +%s)-$$"
code=0; awk -v name="$release" 'index($0, "#@ ") == 1 { on = (substr($0, 4) == name); next } on' | $run "${become}sh -c 'set -eu
umask 077
state=/var/lib/backline-host
refuse() { printf '\\''%s\\n'\\'' \"backline: \$1\" >&2; exit 4; }
full() { refuse \"the host cannot write to \$state (\$said); make room there, df -h shows where it is used; nothing was changed\"; }
said=\$(mkdir -p \"\$state\" 2>&1) || full
exec 9> \"\$state/lock\"
if ! flock -n 9; then echo \"waiting for a run before this one to end on the host\"; flock -w 900 9 || refuse \"a run before this one has not ended on the host in 15 min; see what holds it up there\"; fi
script=\$state/docker.script log=\$state/docker.log
said=\$(cat 2>&1 > \"\$script\") || { rm -f \"\$script\"; full; }
if [ \"\$(tail -n 1 \"\$script\")\" != \"# the end\" ]; then rm -f \"\$script\"; refuse \"the script did not arrive whole; nothing was changed\"; fi
rm -f \"\$script.exit\"
: > \"\$log\"
BACKLINE_RUN=\$1 BACKLINE_OPERATOR=\$2 setsid sh -c '\\''sh \"\$1\" > \"\$2\" 2>&1; echo \$? > \"\$1.exit\"'\\'' run \"\$script\" \"\$log\" < /dev/null > /dev/null 2>&1 &
tail -n +1 -s 0.1 -f --pid=\$! \"\$log\" || true
wait || true
code=\$(cat \"\$script.exit\" 2> /dev/null) || code=
if [ \"\$code\" = 0 ]; then rm -f \"\$script\" \"\$script.exit\"; exit 0; fi
step=\$(sed -n '\\''s/^the step \\(.*\\) failed with exit code .*/\\1/p'\\'' \"\$log\" | tail -n 1)
what=\"the host could not be prepared (docker\${step:+, step \$step})\"
after=\"run this again\"
if grep -q '\\''^what this run has changed is taken back'\\'' \"\$log\"; then after=\"what this run has changed is taken back\"; fi
explain() {
  said=\$(grep -m 1 -E \"\$1\" \"\$log\") || return 0
  refuse \"\$what: \$2 (\$said); then run this again\"
}
explain \"No space left on device|enough free space\" \"the disk of the host is full; make room there, df -h shows where it is used\"
explain \"Could not get lock|Unable to acquire the dpkg|locked by another process\" \"another program holds the lock of the packages; wait until it has ended, or end it\"
explain \"Failed to fetch|Could not connect to|Could not resolve|Temporary failure resolving|Unable to locate package|no installation candidate\" \"the host does not get packages from its mirror; see /etc/apt/sources.list and whether the host reaches what is named there\"
full=\$(df -Pk \"\$state\" /etc /var 2> /dev/null | awk '\\''NR > 1 && \$4 < 1024 { print \$6; exit }'\\'')
if [ -n \"\$full\" ]; then refuse \"\$what: the disk of the host is full at \$full; make room there, df -h shows where it is used; then run this again\"; fi
if [ /var/lib/backline-host/guard/reverted -nt \"\$script\" ] && [ -z \"\$step\" ]; then refuse \"\$what: it was not done within 40 s, and is taken back; run this again\"; fi
said=\$(sed '\\''/^the step .* failed with exit code /,\$d'\\'' \"\$log\" | grep -Ev '\\''^(Killed|Terminated)?\$'\\'' | tail -n 1) || said=\"nothing was printed\"
if [ -z \"\$step\" ]; then refuse \"\$what: it was ended before it was done, after: \$said; run this again\"; fi
refuse \"\$what: \$said; \$after\"' launch $id \"\${SSH_CONNECTION%% *}\"" || code=$?
case "$code" in
  0) ;;
  # The host has said why.
  4) exit 4 ;;
  # 255 is ssh's own, and what is above 128 is a signal that ended it.
  12[89] | 1[3-9][0-9] | 2[0-9][0-9]) refuse "the connection to the host was lost (docker); what was begun there goes on to its end, and the next run takes it from there" ;;
  *) refuse "the host could not be prepared (docker), as the lines above say" ;;
esac
