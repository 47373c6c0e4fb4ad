/** What the commands about ephemeral stacks print. */
import { relative } from "node:path";
import { projectRoot as root } from "../project";
import { Reported } from "../reported";
import { print, printJson, say } from "../say";
import { renderStatus } from "../status";
import { type CreateOptions, create } from "./create";
import { describeEphemeral, renderEphemerals } from "./describe";
import { destroyEphemeral, type EndOptions, extend, reap } from "./end";
import { findEphemerals } from "./find";
import { stackOf } from "./names";
import { hostOf, readGiven } from "./settings";

type Without<T> = Omit<T, "root">;

export async function showCreated(options: Without<CreateOptions>, json: boolean): Promise<void> {
  const { ephemeral, status, testUsers } = await create({ root, ...options });
  const users = testUsers === undefined ? undefined : relative(root, testUsers);
  if (json) {
    printJson({ ...describeEphemeral(ephemeral), caCertificate: status.caCertificate, testUsers: users });
    return;
  }
  const { name, until } = ephemeral.record;
  print(
    [
      renderStatus(status),
      `The stack ${stackOf(name)} lives until ${until}.`,
      ...(users === undefined ? [] : [`Test users and their password: ${users}`]),
      `Longer: ./backline ephemeral extend ${name} --ttl 8h    Gone: ./backline ephemeral destroy ${name}`,
    ].join("\n"),
  );
}

/** Prints every stack; throws where something could not be looked at. */
export async function showList(settings: string | undefined, json: boolean): Promise<void> {
  const { ephemerals, problems } = await findEphemerals(root, hostOf(readGiven(settings)));
  if (json) printJson(ephemerals.map((ephemeral) => describeEphemeral(ephemeral)));
  else print(renderEphemerals(ephemerals));
  report(problems);
}

export async function showExtended(
  settings: string | undefined,
  name: string,
  ttl: string,
  json: boolean,
): Promise<void> {
  const ephemeral = await extend({ root, settings }, name, ttl);
  if (json) printJson(describeEphemeral(ephemeral));
  else print(`The stack ${stackOf(name)} lives until ${ephemeral.record.until}.`);
}

export async function showDestroyed(
  options: Without<EndOptions>,
  name: string,
  json: boolean,
): Promise<void> {
  const removed = await destroyEphemeral({ root, ...options }, name);
  if (json) printJson({ name, stack: stackOf(name), removed });
  else print(removed ? `The stack ${stackOf(name)} is gone.` : `There is no ephemeral stack ${name}.`);
}

/** Prints what was removed; throws where something stays that should not. */
export async function showReaped(options: Without<EndOptions>, json: boolean): Promise<void> {
  const { reaped, problems } = await reap({ root, ...options });
  if (json) printJson({ reaped, problems });
  else if (reaped.length === 0) print("No ephemeral stack is over its time.");
  else
    for (const { stack, error } of reaped)
      print(error === undefined ? `${stack} is gone.` : `${stack} is still there: ${error}`);
  report(problems);
  if (reaped.some(({ error }) => error !== undefined)) throw new Reported();
}

function report(problems: readonly string[]): void {
  for (const problem of problems) say(problem);
  if (problems.length > 0) throw new Reported();
}
