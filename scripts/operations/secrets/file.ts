/** What a stack's file keeps of the rotation of its secrets. Values are moved in it as they are: encrypted. */
import { type Document, isMap, parseDocument, Scalar } from "yaml";
import { loadFromFile } from "../../../stacks/settings/load-file";
import { type StackConfig, stackConfig } from "../../../stacks/settings/schema";
import { type SecretName, secretNames } from "../../../stacks/settings/secret-names";
import { partSecrets } from "../../../stacks/settings/system-secrets";
import { systemOf } from "../../../stacks/systems";
import { editStackFile, stackFileText } from "../stack-file";
import { moment } from "./catalogue";
import type { SecretState, Step } from "./phases";

export const rotationOf = (values: Readonly<Record<string, unknown>>): NonNullable<StackConfig["rotation"]> =>
  stackConfig.shape.rotation.parse(values.rotation) ?? {};

/** The secrets of Backline's own parts in a checked file, as far as the system has the parts. */
export function readStates(root: string, stack: string): SecretState[] {
  const { values } = loadFromFile(root, stack);
  const [rotation, system] = [rotationOf(values), systemOf(values)];
  return (system === undefined ? secretNames : partSecrets(system)).map((name): SecretState => {
    const { changed, rotations = 0, phase, other, until } = rotation[name] ?? {};
    return { name, changed, rotations, phase, hasOther: other !== undefined, until };
  });
}

/** Where a second value of a secret is, as `pulumi config set --path` has it. */
export const otherPath = (name: SecretName): string => `backline:rotation.${name}.other`;

const groupOf = (name: string): string[] => ["config", "backline:rotation", name];

/** The text of a stack's file after steps: all of them or none is ever read. */
export function withSteps(text: string, steps: readonly Step[]): string {
  const document = parseDocument(text);
  for (const step of steps) {
    moveValues(document, step);
    const group = groupOf(step.name);
    const set = (key: string, value: unknown): void => {
      if (value !== undefined) put(document, [...group, key], value);
      else if (document.hasIn([...group, key])) document.deleteIn([...group, key]);
    };
    if (step.changed !== undefined) set("changed", step.changed);
    if (step.rotations !== undefined) set("rotations", step.rotations);
    set("phase", step.phase);
    set("until", step.until);
  }
  return stackFileText(document);
}

function moveValues(document: Document.Parsed, { name, values }: Step): void {
  const first = ["config", "backline:secrets", name];
  const second = [...groupOf(name), "other"];
  const [present, other] = [document.getIn(first, true), document.getIn(second, true)];
  if (values === "swap" || values === "take") {
    if (other === undefined) throw new Error(`there is no second value of ${name}`);
    document.setIn(first, other);
  }
  if (values === "swap") document.setIn(second, present);
  if (values === "take" || values === "drop") document.deleteIn(second);
}

/** Groups on the way are made; text is quoted, since other readers of YAML take a time for something else. */
function put(document: Document.Parsed | Document, path: readonly string[], value: unknown): void {
  for (let length = 2; length < path.length; length += 1) {
    const group = path.slice(0, length);
    if (!isMap(document.getIn(group))) document.setIn(group, document.createNode({}));
  }
  const node = new Scalar(value);
  if (typeof value === "string") node.type = Scalar.QUOTE_DOUBLE;
  document.setIn(path, node);
}

export const writeSteps = (root: string, stack: string, steps: readonly Step[]): void =>
  editStackFile(root, stack, (text) => withSteps(text, steps));

/** Writes down that secrets were generated now. */
export const writeGenerated = (
  root: string,
  stack: string,
  names: readonly string[],
  now = new Date(),
): void =>
  editStackFile(root, stack, (text) => {
    const document = parseDocument(text);
    for (const name of names) put(document, [...groupOf(name), "changed"], moment(now));
    return stackFileText(document);
  });
