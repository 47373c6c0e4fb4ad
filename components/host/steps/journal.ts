import { expectations, type HostStep, rootFile } from "../step";

const path = "/etc/systemd/journald.conf.d/50-backline.conf";

export const journal: HostStep = {
  name: "journal",
  sets: "Keeps the system's log over reboots, in at most 1 GiB and for at most 30 days.",
  files: [
    rootFile(
      path,
      "[Journal]",
      "Storage=persistent",
      "SystemMaxUse=1G",
      "SystemKeepFree=1G",
      "MaxRetentionSec=30day",
    ),
  ],
  apply:
    'if [ "$changed" = 1 ]; then systemctl restart systemd-journald.service; else systemctl start systemd-journald.service; fi',
  check: expectations(["systemctl is-active --quiet systemd-journald.service", "journald does not run"]),
  undo: [`rm -f ${path}`, "systemctl restart systemd-journald.service"].join("\n"),
  kernelWide: false,
};
