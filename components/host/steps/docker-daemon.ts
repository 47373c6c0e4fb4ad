import type { HostArgs } from "../args";
import { expectations, type HostStep, rootFile, running } from "../step";

const path = "/etc/docker/daemon.json";

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
    ],
    apply: '[ "$changed" = 0 ] || systemctl restart docker.service',
    check: expectations(...running("docker.service"), [
      "[ \"$(docker info --format '{{.LiveRestoreEnabled}}' 2> /dev/null)\" = true ]",
      "Docker runs without live-restore",
    ]),
    undo: [`rm -f ${path}`, "systemctl restart docker.service"].join("\n"),
    kernelWide: false,
  };
}
