import { quote } from "../shared/shell";
import type { Distribution } from "./distribution";
import type { Guard, HostStep } from "./step";

/** Where a host keeps what Backline knows about it. Root alone may look. */
export const hostState = "/var/lib/backline-host";
const guard = `${hostState}/guard`;
const unit = "backline-revert";

/** Seconds from the beginning of a guarded group until it takes itself back. */
export const revertSeconds = 40;

/**
 * Confirms a guarded group: what it changed stays. To be run over a connection that was made after the change, with the
 * name of the run, so that a run that comes late does not confirm what another has begun.
 */
export const keepCommand = `sh ${guard}/keep`;

/** Made when a guarded group begins to take itself back. */
export const revertedMark = `${guard}/reverted`;

/** Holds the process group of a guarded script while it runs; a start of the host empties it. */
const running = "/run/backline-guarded";

/** The guard of steps that change who may connect. */
export function guardOf(steps: readonly HostStep[], { reloadSsh }: Distribution): Guard {
  return {
    paths: [
      ...steps.flatMap(({ files }) => files.map(({ path }) => path)),
      // UFW keeps there which rules there are, and whether it is on.
      "/etc/ufw",
      "/etc/default/ufw",
    ],
    reload: [
      "/usr/lib/ufw/ufw-init force-stop > /dev/null 2>&1",
      "/usr/lib/ufw/ufw-init start > /dev/null 2>&1",
      reloadSsh,
      "systemctl try-restart fail2ban.service",
    ].join("\n"),
  };
}

const write = (path: string, ...content: readonly string[]): string =>
  [`cat > ${path} << 'BACKLINE_GUARD'`, ...content, "BACKLINE_GUARD"].join("\n");

/**
 * Lines that stand before the steps of a guarded group. They keep a copy of what the steps may change, and a timer
 * that puts it back: at its end, at once when a step fails, and anew after a start of the host in between. The timer is
 * a unit on the disk, so neither a cut connection nor a reboot stops it.
 */
export function renderGuard({ paths, reload }: Guard): string {
  const all = paths.map(quote).join(" ");
  return [
    `mkdir -p -m 0700 ${guard}`,
    "# What a run before this one has left unconfirmed goes first.",
    `if [ -e ${guard}/armed ]; then rm -f ${running}; sh ${guard}/revert; echo "taken back: what an earlier run left unconfirmed"; fi`,
    `for path in ${all}; do [ ! -e "$path" ] || echo ".$path"; done > ${guard}/paths`,
    `tar -C / -cpf ${guard}/before.tar -T ${guard}/paths`,
    write(
      `${guard}/revert`,
      "# Takes back a change of the SSH server or the firewall that nobody has confirmed.",
      "export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C",
      `exec 8> ${guard}.lock; flock 8`,
      `[ -e ${guard}/armed ] || exit 0`,
      "# A copy that cannot be read puts nothing back.",
      `tar -tf ${guard}/before.tar > /dev/null || exit 1`,
      `date -u +%Y-%m-%dT%H:%M:%SZ > ${revertedMark}`,
      "# What still runs would go on changing what is put back here.",
      `if [ -s ${running} ]; then kill -9 "-$(cat ${running})"; rm -f ${running}; fi`,
      `rm -rf ${all}`,
      `tar -C / -xpf ${guard}/before.tar`,
      reload,
      `rm -f ${guard}/armed`,
      `systemctl disable --quiet --now ${unit}.timer`,
    ),
    write(
      `${guard}/keep`,
      `exec 8> ${guard}.lock; flock 8`,
      `if [ "$(cat ${guard}/armed 2> /dev/null)" != "$1" ]; then echo "taken back already" >&2; exit 1; fi`,
      `rm -f ${guard}/armed ${revertedMark} ${guard}/before.tar`,
      `systemctl disable --quiet --now ${unit}.timer`,
    ),
    write(
      `/etc/systemd/system/${unit}.service`,
      "[Unit]",
      "Description=Take back an unconfirmed change of SSH or the firewall",
      "[Service]",
      "Type=oneshot",
      `ExecStart=/bin/sh ${guard}/revert`,
    ),
    write(
      `/etc/systemd/system/${unit}.timer`,
      "[Unit]",
      "Description=Time to confirm a change of SSH or the firewall",
      "[Timer]",
      `OnActiveSec=${revertSeconds}`,
      "AccuracySec=1",
      "[Install]",
      "WantedBy=timers.target",
    ),
    "systemctl daemon-reload",
    `echo "\${BACKLINE_RUN-by-hand}" > ${guard}/armed`,
    "# Whole file systems, so that a copy is there wherever the mark is.",
    `sync -f ${guard} /etc/systemd/system`,
    `awk '{ print $5 }' "/proc/$$/stat" > ${running}`,
    `systemctl enable --quiet ${unit}.timer`,
    `systemctl restart ${unit}.timer`,
    `finish() { rm -f ${running}; }`,
    `take_back() { echo "what this run has changed is taken back" >&2; sh ${guard}/revert; }`,
  ].join("\n");
}
