import { expectations, type HostStep, rootFile } from "../step";

const unit = "backline-package-check";

/** What an intruder, or a failing disk, changed of programs: a failed unit, which `systemctl --failed` shows. */
export const packageCheck: HostStep = {
  name: "package-check",
  sets: "Every week compares the programs of all packages with their checksums; the unit fails where one differs.",
  files: [
    rootFile(
      `/etc/systemd/system/${unit}.service`,
      "[Unit]",
      "Description=Compares programs with the checksums of their packages",
      "",
      "[Service]",
      "Type=oneshot",
      "ExecStart=/usr/bin/debsums --changed",
      "Nice=19",
      "IOSchedulingClass=idle",
    ),
    rootFile(
      `/etc/systemd/system/${unit}.timer`,
      "[Unit]",
      "Description=Compares programs with the checksums of their packages every week",
      "",
      "[Timer]",
      "OnCalendar=Sun *-*-* 04:30:00",
      "RandomizedDelaySec=1h",
      "Persistent=true",
      "",
      "[Install]",
      "WantedBy=timers.target",
    ),
  ],
  apply: ["systemctl daemon-reload", `systemctl enable --quiet --now ${unit}.timer`].join("\n"),
  check: expectations([`systemctl is-active --quiet ${unit}.timer`, "the timer does not run"]),
  undo: [
    `systemctl disable --now ${unit}.timer`,
    `rm -f /etc/systemd/system/${unit}.service /etc/systemd/system/${unit}.timer`,
  ].join("\n"),
  kernelWide: false,
};
