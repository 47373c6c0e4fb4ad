import { expectations, type HostStep, rootFile } from "../step";

const file = "/swapfile";
const unit = "swapfile.swap";

/** A swap file, so that a short peak slows the host down in the place of ending a process. */
export function swap(mebibytes: number): HostStep {
  const size = mebibytes * 1024 * 1024;
  return {
    name: "swap",
    sets: `Adds a swap file of ${mebibytes} MiB.`,
    files: [
      rootFile(
        `/etc/systemd/system/${unit}`,
        "[Unit]",
        "Description=Swap file of Backline",
        "",
        "[Swap]",
        `What=${file}`,
        "",
        "[Install]",
        "WantedBy=swap.target",
      ),
    ],
    apply: [
      `if [ "$(stat -c %s ${file} 2> /dev/null)" != ${size} ]; then`,
      `  systemctl stop ${unit} 2> /dev/null || true`,
      `  rm -f ${file}`,
      `  (umask 077; dd if=/dev/zero of=${file} bs=1M count=${mebibytes} status=none)`,
      `  mkswap --quiet ${file}`,
      "fi",
      `chmod 0600 ${file}`,
      "systemctl daemon-reload",
      `systemctl enable --quiet --now ${unit}`,
    ].join("\n"),
    check: expectations(
      [
        `[ "$(stat -c '%s %a' ${file} 2> /dev/null)" = "${size} 600" ]`,
        `${file} is not ${mebibytes} MiB that root alone can read`,
      ],
      [`systemctl is-active --quiet ${unit}`, "the swap file is not in use"],
    ),
    undo: [`systemctl disable --now ${unit}`, `rm -f ${file} /etc/systemd/system/${unit}`].join("\n"),
    kernelWide: true,
  };
}
