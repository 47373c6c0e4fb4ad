import { type HostStep, rootFile } from "../step";

const path = "/etc/modprobe.d/50-backline.conf";

/** Protocols and devices that a server of this kind never uses, and whose drivers had holes. */
const unused = [
  "dccp",
  "sctp",
  "rds",
  "tipc",
  "usb-storage",
  "firewire-core",
  "firewire-ohci",
  "firewire-sbp2",
];

export const modules: HostStep = {
  name: "modules",
  sets: "Keeps the kernel from loading drivers for rare network protocols, USB storage and FireWire.",
  files: [rootFile(path, ...unused.flatMap((name) => [`install ${name} /bin/false`, `blacklist ${name}`]))],
  apply: ":",
  check: ":",
  undo: `rm -f ${path}`,
  kernelWide: true,
};
