import { recordsFile } from "../../release/record-script";
import { keptReleases, labels } from "../../shared/names";
import { expectations, type HostStep, lines, rootFile } from "../step";

const script = "/usr/local/sbin/backline-image-cleanup";
const unit = "backline-image-cleanup";

export const imageCleanup: HostStep = {
  name: "image-cleanup",
  sets: `Every night removes images of the platform's own services but the last ${keptReleases} of each, and nothing that a release on record or a container uses, or that others made.`,
  files: [
    {
      path: script,
      mode: "0755",
      owner: "root:root",
      content: lines(
        "#!/bin/sh",
        "# Images come newest first. One that a container uses is kept: Docker refuses to remove it.",
        "set -eu",
        "# Releases that were good, however many came after them that were not.",
        `recorded=$(docker volume ls --quiet --filter label=${labels.kind}=releases | while read -r volume; do`,
        `  cat "$(docker volume inspect --format '{{.Mountpoint}}' "$volume")/${recordsFile}" 2> /dev/null || true`,
        "done)",
        `own() { docker image ls --filter label=${labels.stack} --format "$1"; }`,
        "own '{{.Repository}}' | grep -vx '<none>' | sort -u | while read -r repository; do",
        `  docker image ls --filter label=${labels.stack} --format '{{.Repository}}:{{.Tag}}' "$repository" |`,
        `    tail -n +${keptReleases + 1} | while read -r image; do`,
        '      case "$recorded" in *"$image\\""*) continue ;; esac',
        '      docker image rm "$image" > /dev/null 2>&1 && echo "removed $image" || true',
        "    done",
        "done",
        `docker image prune --force --filter label=${labels.stack} > /dev/null`,
      ),
      validate: 'sh -n "$1"',
    },
    rootFile(
      `/etc/systemd/system/${unit}.service`,
      "[Unit]",
      "Description=Removes old images of the platform's services",
      "Requires=docker.service",
      "After=docker.service",
      "",
      "[Service]",
      "Type=oneshot",
      `ExecStart=${script}`,
    ),
    rootFile(
      `/etc/systemd/system/${unit}.timer`,
      "[Unit]",
      "Description=Removes old images every night",
      "",
      "[Timer]",
      "OnCalendar=*-*-* 03:30:00",
      "RandomizedDelaySec=30m",
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
    `rm -f ${script} /etc/systemd/system/${unit}.service /etc/systemd/system/${unit}.timer`,
  ].join("\n"),
  kernelWide: false,
};
