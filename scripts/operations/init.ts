import { formatProblem, InputError } from "../../components/shared/errors";
import { stackFile } from "../../stacks/settings/load-file";
import { missingOf } from "../../stacks/settings/missing";
import type { Way } from "../../toolchain";
import { checkStack } from "./check-stack";
import { ensureStackFile, initialise } from "./initialise";
import type { NewStack } from "./new-stack";
import { projectRoot as root } from "./project";
import { print, say } from "./say";
import { openSession } from "./session";
import { withStackLock } from "./stack-lock";

/** Makes what is missing of a stack and says what that was. */
export async function init(stack: string, options: NewStack, forced: Way | undefined): Promise<void> {
  const isNew = ensureStackFile(root, stack, options);
  if (!isNew) refuseIgnored(stack, options);
  const { settings } = checkStack(root, stack, { missing: "warn" });
  const { made } = await withStackLock(root, stack, `init ${stack}`, async () =>
    initialise(await openSession({ root, stack, forced })),
  );
  for (const what of [...(isNew ? [stackFile(stack)] : []), ...made]) say(`made ${what}`);
  const missing = missingOf(settings).map((finding) => formatProblem({ ...finding, file: stackFile(stack) }));
  print(
    missing.length === 0
      ? `The stack ${stack} is ready: ./backline up ${stack}`
      : [`Before ./backline up ${stack}:`, ...missing.map((line) => `  ${line}`)].join("\n"),
  );
}

/** Options for a new file would silently do nothing to one that is there. */
function refuseIgnored(stack: string, { system, domain, host, user, email }: NewStack): void {
  const given = Object.entries({ system, domain, host, user, email }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length === 0) return;
  const names = given.map(([name]) => `--${name}`).join(", ");
  throw new InputError([
    {
      code: "stack-file-exists",
      file: stackFile(stack),
      path: "",
      message: `is there already, so that ${names} would change nothing; edit the file instead`,
    },
  ]);
}
