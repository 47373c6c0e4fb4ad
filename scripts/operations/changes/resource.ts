import type { EngineEvents, EngineStep } from "./events";
import { type Hidden, printable } from "./printable";
import { type PropertyChange, propertyChanges } from "./properties";
import { isStateful } from "./stateful";

export const operations = ["delete", "replace", "update", "create", "import", "same"] as const;

/** What happens to a resource; `import`: one that is there already is taken over. */
export type Operation = (typeof operations)[number];

/** A resource, and what is done to it. Nothing in it is a secret. */
export interface ResourceChange {
  readonly operation: Operation;
  readonly name: string;
  readonly type: string;
  readonly urn: string;
  /** Whether losing it loses data; see `isStateful`. */
  readonly stateful: boolean;
  /** Whether what it stands for outlives it, as the data of a volume does. */
  readonly retained: boolean;
  /** As they will be; of a deletion, as they were. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Of an update and a replacement. */
  readonly changes: readonly PropertyChange[];
}

const isOperation = (op: string): op is Operation => operations.some((known) => known === op);

/** Every resource of a preview, in an order that depends on nothing but the resources. */
export function plannedChanges({ planned }: EngineEvents, hidden: Hidden): ResourceChange[] {
  return ordered(
    planned
      .filter(({ logical }) => logical === true)
      .flatMap((step) => (isOperation(step.op) ? [toChange(step, step.op, hidden)] : [])),
  );
}

/** What a refresh has found to differ: `update` was changed, `delete` is gone. */
export function foundChanges({ results }: EngineEvents, hidden: Hidden): ResourceChange[] {
  return ordered(
    results.flatMap((step) =>
      step.op === "update" || step.op === "delete" ? [toFinding(step, step.op, hidden)] : [],
    ),
  );
}

/** How many resources each operation concerns; those that none concerns are left out. */
export function countsOf(changes: readonly ResourceChange[]): Partial<Record<Operation, number>> {
  const counts: Partial<Record<Operation, number>> = {};
  for (const { operation } of changes) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

function ordered(changes: readonly ResourceChange[]): ResourceChange[] {
  const rank = ({ operation }: ResourceChange) => operations.indexOf(operation);
  const key = ({ name, urn }: ResourceChange) => `${name} ${urn}`;
  return [...changes].sort((a, b) => rank(a) - rank(b) || (key(a) < key(b) ? -1 : 1));
}

type Values = Readonly<Record<string, unknown>>;

const cleaned = (values: Values | undefined, hidden: Hidden): Values =>
  printable(values ?? {}, hidden) as Values;

function identity({ urn, type, old }: EngineStep) {
  const name = urn.split("::").at(-1) ?? urn;
  return { name, type, urn, stateful: isStateful(urn), retained: old?.retainOnDelete ?? false };
}

function toChange(step: EngineStep, operation: Operation, hidden: Hidden): ResourceChange {
  const before = cleaned(step.old?.inputs, hidden);
  const after = cleaned(step.new?.inputs, hidden);
  const both = operation === "update" || operation === "replace";
  return {
    operation,
    ...identity(step),
    inputs: operation === "delete" ? before : after,
    changes: both ? withHidden(propertyChanges(before, after, step.keys ?? []), step, before, after) : [],
  };
}

/** Secrets look alike before and after: that one changes, only the engine knows. */
function withHidden(
  seen: readonly PropertyChange[],
  { diffs, keys }: EngineStep,
  before: Values,
  after: Values,
): PropertyChange[] {
  const unseen = (diffs ?? []).filter((key) => !seen.some(({ path }) => path.split(/[.[]/)[0] === key));
  const changes = unseen.map((path) => ({
    path,
    before: before[path],
    after: after[path],
    replaces: keys?.includes(path) ?? false,
  }));
  return [...seen, ...changes].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function toFinding(step: EngineStep, operation: "update" | "delete", hidden: Hidden): ResourceChange {
  const values = (side: "old" | "new", kind: "inputs" | "outputs") => cleaned(step[side]?.[kind], hidden);
  const inputs = propertyChanges(values("old", "inputs"), values("new", "inputs"));
  // What nobody has set is told only where nothing else differs: much of it changes with every restart.
  const changes =
    inputs.length > 0 ? inputs : propertyChanges(values("old", "outputs"), values("new", "outputs"));
  return {
    operation,
    ...identity(step),
    inputs: values("old", "inputs"),
    changes: operation === "update" ? changes : [],
  };
}
