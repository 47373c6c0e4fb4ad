import { quote } from "../../shared/shell";
import { expectations, type HostStep, rootFile, running } from "../step";

export function timeZone(zone: string): HostStep {
  const file = quote(`/usr/share/zoneinfo/${zone}`);
  return {
    name: "time-zone",
    sets: `Sets the time zone ${zone}.`,
    files: [rootFile("/etc/timezone", zone)],
    apply: [`test -e ${file}`, `ln -sfn ${file} /etc/localtime`].join("\n"),
    check: expectations([
      `[ "$(readlink -f /etc/localtime)" = "$(readlink -f ${file})" ]`,
      `the time zone is not ${zone}`,
    ]),
    undo: "timedatectl set-timezone Etc/UTC",
    kernelWide: false,
  };
}

export const timeSync: HostStep = {
  name: "time-sync",
  sets: "Keeps the clock right with systemd-timesyncd.",
  files: [],
  apply: "systemctl enable --quiet --now systemd-timesyncd.service",
  check: expectations(...running("systemd-timesyncd.service")),
  undo: "systemctl disable --now systemd-timesyncd.service",
  kernelWide: true,
};
