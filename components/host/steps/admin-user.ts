import type { HostArgs } from "../args";
import { expectations, type HostStep, lines } from "../step";

const sudoers = "/etc/sudoers.d/backline";

const groups = ["sudo", "docker"] as const;

const isIn = (user: string, group: string): string =>
  `id -nG ${user} 2> /dev/null | tr ' ' '\\n' | grep -qx ${group}`;

const passwordless = (user: string): string => `[ "$(getent shadow ${user} | cut -d : -f 2)" = '*' ]`;

/** A user of his own in the place of root. He has no password, so sudo asks for none: his key is what counts. */
export function adminUser({ name }: HostArgs["admin"]): HostStep {
  return {
    name: "admin-user",
    sets: `Makes the user ${name}, without a password, with sudo and with the right to use Docker.`,
    files: [
      {
        path: sudoers,
        mode: "0440",
        owner: "root:root",
        content: lines(`${name} ALL=(ALL:ALL) NOPASSWD: ALL`),
        validate: 'visudo -cqf "$1"',
      },
    ],
    apply: [
      `id -u ${name} > /dev/null 2>&1 || useradd --create-home --shell /bin/bash ${name}`,
      // No password at all; unlike a locked account, one that the SSH server lets in with a key.
      `if ! { ${[passwordless(name), ...groups.map((group) => isIn(name, group))].join(" && ")}; }; then`,
      `  usermod --password '*' --append --groups ${groups.join(",")} ${name}`,
      "fi",
      `chmod 0750 /home/${name}`,
      `install -d -m 0700 -o ${name} -g ${name} /home/${name}/.ssh`,
    ].join("\n"),
    check: expectations(
      [`id -u ${name} > /dev/null 2>&1`, `there is no user ${name}`],
      [passwordless(name), `${name} has a password`],
      ...groups.map((group): [string, string] => [isIn(name, group), `${name} is not in the group ${group}`]),
      [`[ "$(stat -c %a /home/${name} 2> /dev/null)" = 750 ]`, `/home/${name} has another mode than 750`],
    ),
    undo: [`rm -f ${sudoers}`, `deluser --remove-home ${name}`].join("\n"),
    kernelWide: false,
  };
}

export function adminKeys({ name, publicKeys }: HostArgs["admin"]): HostStep {
  const path = `/home/${name}/.ssh/authorized_keys`;
  return {
    name: "admin-keys",
    sets: `Lets ${publicKeys.length === 1 ? "one key" : `${publicKeys.length} keys`} sign in as ${name}, and no other.`,
    files: [
      {
        path,
        mode: "0600",
        owner: `${name}:${name}`,
        content: lines("# Written by Backline: keys that are added here by hand do not stay.", ...publicKeys),
        ...(publicKeys.length === 0 ? {} : { validate: 'ssh-keygen -l -f "$1" > /dev/null' }),
      },
    ],
    apply: ":",
    check: expectations([
      `[ "$(stat -c '%a %U' /home/${name}/.ssh 2> /dev/null)" = "700 ${name}" ]`,
      `/home/${name}/.ssh is open to others`,
    ]),
    undo: `Sign in another way first, then remove ${path}.`,
    kernelWide: false,
  };
}
