import { InputError, OperationError, type Problem } from "../../../components/shared/errors";
import { stackFile } from "../../../stacks/settings/load-file";
import { suggestion } from "../../../stacks/settings/problems";
import { givenSecretsOf } from "../../../stacks/settings/secret-keys";
import { type SecretName, secretNames } from "../../../stacks/settings/secret-names";
import { partSecrets } from "../../../stacks/settings/system-secrets";
import { type SystemDescription, systemOf } from "../../../stacks/systems";
import { catalogue, givenSecretPurposes, howToSet } from "./catalogue";
import type { RotationPlan } from "./phases";
import { howToChange } from "./report";

/**
 * The secrets that a command is about: the named one, or all of the system's parts that can be rotated.
 * @throws InputError where there is none of that name, or it cannot be rotated.
 */
export function chooseSecrets(
  stack: string,
  values: Readonly<Record<string, unknown>>,
  wanted: string | undefined,
  system: SystemDescription | undefined = systemOf(values),
): readonly SecretName[] {
  const parts = system === undefined ? secretNames : partSecrets(system);
  const rotatable = parts.filter((name) => catalogue[name].way !== undefined);
  if (wanted === undefined) return rotatable;
  const refuse = (code: Problem["code"], path: string, message: string): InputError =>
    new InputError([{ code, file: stackFile(stack), path, message }]);
  const given = givenSecretsOf(values).find(({ path }) => path === wanted);
  if (given !== undefined)
    throw refuse(
      "secret-owner",
      given.path,
      `comes from ${givenSecretPurposes[given.pattern].from} and cannot be rotated here; get a new one there and set it: ${howToSet(stack, given.path)}`,
    );
  const short = wanted.replace(/^secrets\./, "");
  const own = Object.entries(system?.secrets ?? {}).find(([known]) => known === short)?.[1];
  if (own !== undefined)
    throw refuse("secret-owner", `secrets.${short}`, `is not rotated: ${howToChange(stack, short, own)}`);
  const name = secretNames.find((known) => known === short);
  if (name === undefined)
    throw refuse(
      "unknown-secret",
      "secrets",
      `there is no secret ${JSON.stringify(wanted)}; ${suggestion(wanted, rotatable)}`,
    );
  if (!parts.includes(name))
    throw refuse(
      "secret-owner",
      `secrets.${name}`,
      `is not rotated: the system ${system?.name} has no part that uses it; ./backline secrets list ${stack} prints what there is`,
    );
  const secret = catalogue[name];
  if (secret.way === undefined)
    throw refuse("secret-owner", `secrets.${name}`, `is not rotated: ${secret.reason}`);
  return [name];
}

/** @throws OperationError where the one secret that is wanted cannot be rotated yet. */
export function refuseWaiting(stack: string, { begun, continued, waiting }: RotationPlan): void {
  const [first] = waiting;
  if (first === undefined || begun.length > 0 || continued.length > 0) return;
  throw new OperationError(
    `${first.name} was rotated a moment ago: what the one before has signed is accepted until ${first.until}; run the command again after that. If the one before is known to somebody, refuse it at once: eval "$(./backline env ${stack})" && pulumi config rm --path 'backline:rotation.${first.name}.other', then ./backline up ${stack}`,
  );
}
