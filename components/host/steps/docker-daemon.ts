import type { HostArgs } from "../args";
import { expectations, type HostStep, rootFile, running } from "../step";

const path = "/etc/docker/daemon.json";
const shutdown = "/etc/systemd/system.conf.d/50-backline.conf";

export function docker({ logSize, logFiles }: HostArgs["docker"]): HostStep {
  const settings = {
    "live-restore": true,
    "log-driver": "json-file",
    "log-opts": { "max-file": String(logFiles), "max-size": `${logSize}m` },
    "no-new-privileges": true,
    "userland-proxy": false,
  };
  return {
    name: "docker",
    sets: "Keeps containers running while Docker restarts, rotates their logs, forbids them new privileges, and publishes ports without a proxy process.",
    files: [
      {
        ...rootFile(path, JSON.stringify(settings, null, 2)),
        // Docker Engine can check a file since 23.0.
        validate:
          'if dockerd --help | grep -q -- --validate; then dockerd --validate --config-file "$1" > /dev/null; fi',
      },
      rootFile(
        shutdown,
        "[Manager]",
        "# With live-restore Docker leaves containers to systemd when the host goes down. It ends them, and then waits for",
        "# Docker's helpers, which end only by force, for as long as this says; the default of 90 s is all lost time.",
        "DefaultTimeoutStopSec=30s",
      ),
    ],
    apply: [
      'if [ "$changed" = 1 ]; then',
      "  systemctl daemon-reexec",
      "  systemctl restart docker.service",
      "fi",
    ].join("\n"),
    check: expectations(
      ...running("docker.service"),
      [
        "[ \"$(docker info --format '{{.LiveRestoreEnabled}}' 2> /dev/null)\" = true ]",
        "Docker runs without live-restore",
      ],
      [
        '[ "$(systemctl show --property DefaultTimeoutStopUSec --value)" = 30s ]',
        "the host waits for another time than 30 s for what does not end when it goes down",
      ],
    ),
    undo: [`rm -f ${path} ${shutdown}`, "systemctl restart docker.service"].join("\n"),
    kernelWide: false,
  };
}
