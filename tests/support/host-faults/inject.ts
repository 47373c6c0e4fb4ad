import { execa } from "execa";
import { sshCommand } from "../../../components/shared/ssh";
import { docker } from "../backline";
import { eventually } from "../client";
import { console } from "../sandbox-host";
import { replacing, type Target } from "./target";

/** The beginning of a step in a script. */
export const stepLine = (step: string): string => `step=${step}\n`;

/** Lets a script wait before a step until it is released; `held` waits for that moment. */
export const holdingBefore = (step: string): ((parts: string) => string) =>
  replacing(
    stepLine(step),
    `${stepLine(step)}touch /run/held; while [ ! -e /run/released ]; do sleep 0.1; done; rm -f /run/held /run/released\n`,
  );

export const held = (target: Target): Promise<true> =>
  eventually("the script to be held", () => isThere(target, "/run/held"), 60);

export const release = (target: Target): Promise<string> => console(target.name, "touch /run/released");

const isThere = async (target: Target, path: string): Promise<true | undefined> =>
  (await console(target.name, `[ ! -e ${path} ] || echo there`)) === "there" ? true : undefined;

/** Until no run goes on on the host any more. */
export const idle = (target: Target): Promise<true> =>
  eventually(
    "the host to be idle",
    async () =>
      (await console(target.name, "flock -n /var/lib/backline-host/lock true && echo idle || true")) ===
      "idle"
        ? true
        : undefined,
    60,
  );

/** Whether a guarded change waits to be confirmed. */
export const isArmed = async (target: Target): Promise<boolean> =>
  (await isThere(target, "/var/lib/backline-host/guard/armed")) === true;

/** Until an unconfirmed change has been taken back. */
export const takenBack = (target: Target, seconds: number): Promise<true> =>
  eventually(
    "the change to be taken back",
    async () => ((await isArmed(target).catch(() => true)) ? undefined : true),
    seconds,
  );

/** Number of the host's present start. */
const bootOf = (target: Target): Promise<string> => console(target.name, "cut -d ' ' -f 22 /proc/1/stat");

/** Restarts the host from its console, and waits until it lets in. */
export async function reboot(target: Target): Promise<void> {
  const before = await bootOf(target);
  await docker("restart", "--time", "20", `backline-sandbox-${target.name}`);
  await eventually(
    "the host to be back",
    async () => {
      if ((await bootOf(target).catch(() => before)) === before) return undefined;
      return (await console(target.name, "systemctl is-active ssh.service || true")) === "active"
        ? true
        : undefined;
    },
    60,
  );
}

/** Ends, at once, the program on the operator's machine that holds the shared connection. */
export async function killClient({ ssh }: Target): Promise<void> {
  const [program = "", ...words] = sshCommand(ssh, "shared");
  const { stderr } = await execa(program, ["-O", "check", ...words]);
  process.kill(Number(/pid=(\d+)/.exec(stderr)?.[1]), "SIGKILL");
}

/** Ends, at once, the SSH server's processes that serve the operator. */
export const killSessions = ({ name }: Target): Promise<string> =>
  console(name, "pkill -9 -f '^sshd(-session)?: (ops|root)'");

/** Ends, at once, the script that waits, and whatever has started it but the SSH server. */
export const killScript = ({ name }: Target): Promise<string> =>
  console(name, "pkill -9 -f '^sh /var/lib/backline-host/[a-z]*.script'");
