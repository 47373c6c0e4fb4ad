import { hostname } from "node:os";
import { InputError, OperationError } from "../../../components/shared/errors";
import type { Settings } from "../../../stacks/settings";
import { stackFile } from "../../../stacks/settings/load-file";
import { createProgress, type Way } from "../../../toolchain";
import { ask, requireAnswer } from "../ask";
import { checkStack, isInitialised } from "../check-stack";
import { initialise } from "../initialise";
import { requireRoom, roomOfState } from "../room";
import { say } from "../say";
import { openSession } from "../session";
import { setStackValues } from "../stack-file";
import { withStackLock } from "../stack-lock";
import type { StackStatus } from "../status";
import { upLocked } from "../up";
import { claim } from "./claim";
import { type Ephemeral, findEphemerals, known, stateOf } from "./find";
import { writeLeaseOf } from "./lease-of";
import { machineSize } from "./machine";
import { checkedRequest, stackOf } from "./names";
import { type EphemeralRecord, refuseOther, writeRecord } from "./record";
import { removeEphemeral } from "./remove";
import { seed, seedFile } from "./seed";
import { derive, hostOf, readGiven, readModel } from "./settings";

export interface CreateOptions {
  readonly root: string;
  readonly name: string;
  /** How long it lives, as written. */
  readonly ttl: string;
  readonly yes: boolean;
  /** File with settings that win over staging's. */
  readonly settings?: string | undefined;
  readonly forced?: Way | undefined;
  readonly verbose?: boolean | undefined;
}

export interface Created {
  readonly ephemeral: Ephemeral;
  readonly status: StackStatus;
  /** File with the accounts of the test data; undefined: the system has none. */
  readonly testUsers: string | undefined;
}

/**
 * Makes a copy of staging with names, secrets and data of its own. One that is there already takes what the sources are
 * now and the new time, and keeps its data. What a creation that failed has left is removed first.
 */
export async function create(options: CreateOptions): Promise<Created> {
  const { root, name, ttl, yes } = options;
  requireAnswer("ephemeral create", yes);
  const seconds = checkedRequest(root, name, ttl);
  const stack = stackOf(name);
  refuseOther(root, name);
  const given = readGiven(options.settings);
  const wanted = {
    name,
    given,
    model: readModel(root),
    machine: await machineSize(),
    file: options.settings,
  };
  // For its mistakes: which ports there are is found out when nobody else chooses any.
  derive({ ...wanted, ports: { http: 80, https: 443 } });
  const host = hostOf(given);
  requireRoom(await roomOfState(root));
  return await withStackLock(root, stack, `ephemeral create ${name}`, async () => {
    const before = known(root, await findEphemerals(root, host), name);
    if (before !== undefined && isUsable(root, before)) {
      const { ports, host: there } = before.record;
      if (options.settings !== undefined) {
        if (there.address !== host.address) throw otherHost(stack, there.address);
        setStackValues(root, stack, derive({ ...wanted, ports }).values);
      }
      return await update(options, before, seconds);
    }
    await agree(options, before, String(host.address ?? "this machine's Docker"));
    if (before !== undefined) {
      say(`removing what is left of ${stack} (${stateOf(before)})`);
      await removeEphemeral(root, before, options);
    }
    const { record, values } = await claim({ root, seconds, ...wanted });
    return await explainFailure(record, () => make(options, record, values));
  });
}

const isUsable = (root: string, { record, here }: Ephemeral): boolean =>
  here && record.ready && isInitialised(root, stackOf(record.name)) && new Date(record.until) > new Date();

const otherHost = (stack: string, address: unknown): InputError =>
  new InputError([
    {
      code: "ephemeral-host",
      file: stackFile(stack),
      path: "host.address",
      message: `is ${String(address ?? "not set: it runs on this machine's Docker")}; a stack cannot move to another host, so destroy it first`,
    },
  ]);

async function agree(
  { name, yes }: CreateOptions,
  before: Ephemeral | undefined,
  where: string,
): Promise<void> {
  if (yes) return;
  const stack = stackOf(name);
  const loses = before === undefined ? "" : ` What is there of ${stack} is removed first, data included.`;
  if (!(await ask(`Make the stack ${stack} on ${where}?${loses}`)))
    throw new OperationError("nothing was made");
}

/** The rest of a creation, once the record says that the stack exists. */
async function make(
  options: CreateOptions,
  record: EphemeralRecord,
  values: Readonly<Record<string, unknown>>,
): Promise<Created> {
  const { root, name, forced } = options;
  const stack = stackOf(name);
  setStackValues(root, stack, values, headingOf(name));
  for (const made of (await initialise(await openSession({ root, stack, forced }))).made) say(`made ${made}`);
  const { status, settings } = await deploy(options);
  const testUsers = await createProgress().task("test data", () =>
    seed(root, settings, status.caCertificate),
  );
  return await finish(root, { ...record, ready: true }, status, testUsers);
}

/** Everything is agreed to by now. */
async function deploy({ root, name, forced, verbose }: CreateOptions): Promise<{
  status: StackStatus;
  settings: Settings;
}> {
  const stack = stackOf(name);
  const { settings } = checkStack(root, stack, { missing: "error" });
  const status = await upLocked({ root, stack, yes: true, release: "held", forced, verbose }, settings);
  return { status, settings };
}

async function update(options: CreateOptions, { record }: Ephemeral, seconds: number): Promise<Created> {
  const { root, name } = options;
  const stack = stackOf(name);
  say(`${stack} is there already: it takes what the sources are now, and keeps its data`);
  const { status } = await deploy(options);
  const until = new Date(Date.now() + seconds * 1000).toISOString();
  return await finish(root, { ...record, until }, status, seedFile(root, stack));
}

async function finish(
  root: string,
  record: EphemeralRecord,
  status: StackStatus,
  testUsers: string | undefined,
): Promise<Created> {
  writeRecord(root, record);
  await writeLeaseOf(record);
  return { ephemeral: { record, here: true }, status, testUsers };
}

const headingOf = (name: string): string =>
  `# An ephemeral copy of staging, made by \`./backline ephemeral create ${name}\` on ${hostname()}. Not to be committed.\n`;

async function explainFailure<T>({ name, until }: EphemeralRecord, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    say(
      `${stackOf(name)} was not made to the end; what there is of it stays until ${until} for looking into, and goes with the first ./backline ephemeral reap after that, or now with ./backline ephemeral destroy ${name}`,
    );
    throw error;
  }
}
