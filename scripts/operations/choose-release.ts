import type { ReleaseRecord } from "../../components/release/release";
import { InputError } from "../../components/shared/errors";
import { missingImages } from "./releases";

export interface Choice {
  readonly stack: string;
  /** What the host remembers, newest last: the last one serves. */
  readonly records: readonly ReleaseRecord[];
  /** What the user has named; undefined: the last good one before. */
  readonly wanted: string | undefined;
  /** Whether the last update failed, so that the last good release is the one that serves. */
  readonly failed: boolean;
  /** Images that are on the host. */
  readonly images: readonly string[];
  /** What a release of this system has an image of. */
  readonly services: readonly string[];
}

const refuse = (...messages: readonly string[]): InputError =>
  new InputError(messages.map((message) => ({ code: "rollback", file: "", path: "", message })));

/**
 * The release to go back to.
 * @throws InputError with all that speaks against it.
 */
export function chooseRelease(choice: Choice): ReleaseRecord {
  const target = find(choice);
  const problems = [
    ...acrossContract(target, choice),
    ...withoutImages(target, choice),
    ...withoutServices(target, choice),
  ];
  if (problems.length > 0) throw refuse(...problems);
  return target;
}

function find({ stack, records, wanted, failed }: Choice): ReleaseRecord {
  const current = records.at(-1);
  if (current === undefined)
    throw refuse(`the stack ${stack} has no release to go back to; ./backline deploy ${stack} makes one`);
  if (wanted === undefined) {
    const found = failed ? current : lastBefore(records);
    if (found !== undefined) return found;
    throw refuse(
      `there is no release before ${current.id}, which serves; ./backline releases ${stack} lists all`,
    );
  }
  const found = records.findLast(({ id }) => id === wanted);
  if (found === undefined) {
    const known = [...new Set(records.map(({ id }) => id).reverse())];
    throw refuse(
      `the stack ${stack} has no release ${JSON.stringify(wanted)}; there are ${known.join(", ")}`,
    );
  }
  if (found.id === current.id && !failed)
    throw refuse(`${wanted} is the release that serves; ./backline releases ${stack} lists those before`);
  return found;
}

/** A release that was left by a rollback was no good, so that a second rollback goes one further back. */
function lastBefore(records: readonly ReleaseRecord[]): ReleaseRecord | undefined {
  const good: ReleaseRecord[] = [];
  for (const record of records) {
    const at = good.findLastIndex(({ id }) => id === record.id);
    if (record.rolledBackFrom !== undefined && at !== -1) good.length = at;
    good.push(record);
  }
  const current = good.at(-1);
  return good.findLast(({ id }) => id !== current?.id);
}

function acrossContract(target: ReleaseRecord, { records }: Choice): string[] {
  const contracts = new Set(records.flatMap((record) => record.contracts));
  const crossed = [...contracts].filter((name) => name > target.migration).sort();
  return crossed.length === 0
    ? []
    : [
        `the release ${target.id} does not run on the database any more: ${crossed.join(", ")} took away what it needs; write a new release that mends what is wrong`,
      ];
}

function withoutImages(target: ReleaseRecord, { images }: Choice): string[] {
  const missing = missingImages(target, images);
  return missing.length === 0
    ? []
    : [
        `images of the release ${target.id} are gone from the host: ${missing.join(", ")}; check out its sources and deploy them`,
      ];
}

function withoutServices(target: ReleaseRecord, { services }: Choice): string[] {
  const had = Object.keys(target.images);
  const added = services.filter((name) => !had.includes(name));
  const removed = had.filter((name) => !services.includes(name));
  return added.length + removed.length === 0
    ? []
    : [
        `the release ${target.id} is of a system with other services (${[...added.map((name) => `without ${name}`), ...removed.map((name) => `with ${name}`)].join(", ")}); check out its sources and deploy them`,
      ];
}
