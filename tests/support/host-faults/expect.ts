import { expect } from "vitest";
import { groups } from "../../../components/host/plan";
import { console } from "../sandbox-host";
import { isArmed, takenBack } from "./inject";
import { apply, type Change, check, type Group, over, type Run, type Target } from "./target";

/** The run ended with one clear sentence. */
export function expectRefused(run: Run, sentence: string | RegExp): void {
  expect(run.sentence, run.output).toEqual(
    typeof sentence === "string" ? sentence : expect.stringMatching(sentence),
  );
  expect(run.exitCode, run.output).toBe(4);
  expect(run.output).not.toMatch(/^ {4}at /m);
}

/** Who is to sign in can, over a new connection, and become root. */
export async function expectReachable(target: Target, change: Change = {}): Promise<void> {
  expect(await over(target, "fresh", "sudo -n id -un", change), "over SSH").toBe("root");
}

/** The next run of the groups does all, says nothing of a fault, and leaves no drift anywhere. */
export async function expectConverges(
  target: Target,
  change: Change = {},
  names: readonly Group[] = groups.map(({ name }) => name),
): Promise<void> {
  for (const name of names) {
    const run = await apply(target, name, change);
    expect(run, run.output).toMatchObject({ exitCode: 0, sentence: "" });
  }
  const { exitCode, sentence, output } = await check(target, change);
  expect({ exitCode, sentence }, output).toEqual({ exitCode: 0, sentence: "" });
  await expectReachable(target, change);
}

/** Everything of a host that decides who may connect, as text. */
export const whoMayConnect = (target: Target): Promise<string> =>
  console(
    target.name,
    [
      "for path in /etc/sudoers.d /etc/ssh/sshd_config.d /etc/fail2ban/jail.d /etc/backline /etc/ufw /etc/default/ufw /home/*/.ssh; do",
      '  find "$path" -type f -exec stat -c "%n %a %U" {} + -exec sha256sum {} + 2> /dev/null | sort',
      "done",
      "sshd -T | sort; ufw status verbose; iptables -S | sort -s -k 2,2",
      // Two chains that ufw fills at its start, and not when it is turned on.
      "ip6tables -S | sort -s -k 2,2 | grep -v '^-A ufw6-user-limit'",
      "fail2ban-client get sshd ignoreip 2> /dev/null | tr -d '`|-' | sort",
    ].join("\n"),
  );

/** An unconfirmed change is taken back at the end of its time, which is not waited for. */
export async function expectTakenBack(target: Target, before: string): Promise<void> {
  if (await isArmed(target)) await console(target.name, "systemctl start backline-revert.service");
  await takenBack(target, 10);
  expect(await whoMayConnect(target)).toBe(before);
}
