import { type HostStep, rootFile } from "../step";

const paths = ["/etc/issue", "/etc/issue.net"] as const;

/** Says whose the system is, and not which release of what it runs. SSH shows none: programs read what it prints. */
export const banner: HostStep = {
  name: "banner",
  sets: "Replaces the name of the distribution on the console's sign-in screen by a warning.",
  files: paths.map((path) =>
    rootFile(
      path,
      "This is a private system. Access is for authorised users alone.",
      "Connections are logged and monitored.",
    ),
  ),
  apply: ":",
  check: ":",
  undo: "apt-get install --reinstall -o Dpkg::Options::=--force-confmiss,confnew base-files",
  kernelWide: false,
};
