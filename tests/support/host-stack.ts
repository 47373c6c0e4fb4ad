import { settingsOf } from "./plans";

/** The key of a host, and its fingerprint as `ssh-keygen -l` prints it. */
export const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT";
export const hostFingerprint = "SHA256:fx1PP0tM77U5YEuWVWRM5Z751LsyWozCQtydHEgx+10";
export const otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB4Qu6jsnXpJbK6LbTDXdQMnQsDVM38POQ7Q1mfnn408";

/** The file of a stack whose host is another machine. */
export const hostStack = (...more: readonly string[]): string =>
  [
    "# The stack qa.",
    "config:",
    "  backline:domain: example.com",
    "  backline:host:",
    "    # At the provider's.",
    "    address: 203.0.113.10",
    `    publicKeys: ["${otherKey} ops"]`,
    ...more.map((line) => `    ${line}`),
    "",
  ].join("\n");

export const hostSettings = (...more: readonly string[]) =>
  settingsOf(hostStack(`hostKey: ${hostKey}`, ...more), "qa");
