import { Secret } from "../../components/shared/secret";
import type { Finding } from "./checks";
import type { StackConfig } from "./schema";
import { encrypted } from "./secret-keys";
import { type SecretName, secretNames } from "./secret-names";
import { secretFault } from "./secrets";

/** What of a secret's rotations the stack is made from. */
export interface Rotation {
  /** How often it was rotated. */
  readonly rotations: number;
  /** A second value that is accepted as well; undefined: there is none. */
  readonly other: Secret | undefined;
  /** ISO 8601; until when the other value is accepted, where that is known. */
  readonly until: string | undefined;
}

export function resolveRotation(
  given: StackConfig["rotation"],
  stack: string,
): { rotation: Readonly<Record<SecretName, Rotation>>; errors: Finding[] } {
  const errors: Finding[] = [];
  const of = (name: SecretName): Rotation => {
    const { rotations = 0, other, until } = given?.[name] ?? {};
    const fault = other === undefined || other === encrypted ? undefined : secretFault(name, other);
    if (fault !== undefined)
      errors.push({
        ...fault,
        path: `rotation.${name}.other`,
        message: `${fault.message}; remove it and run: ./backline secrets rotate ${stack} ${name}`,
      });
    return { rotations, other: other === undefined ? undefined : new Secret(other), until };
  };
  const rotation = Object.fromEntries(secretNames.map((name) => [name, of(name)]));
  return { rotation: rotation as Record<SecretName, Rotation>, errors };
}
