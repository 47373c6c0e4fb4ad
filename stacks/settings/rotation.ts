import { Secret } from "../../components/shared/secret";
import type { SystemDescription } from "../systems";
import type { Finding } from "./checks";
import { suggestion } from "./problems";
import type { StackConfig } from "./schema";
import { encrypted } from "./secret-keys";
import { type SecretName, secretNames } from "./secret-names";
import { secretFault } from "./secrets";
import type { Rotation } from "./settings";

export function resolveRotation(
  given: StackConfig["rotation"],
  stack: string,
  system: SystemDescription | undefined,
): { rotation: Readonly<Record<SecretName, Rotation>>; errors: Finding[] } {
  // Of a system's own secrets it is kept when they were made.
  const known: readonly string[] = [...secretNames, ...Object.keys(system?.secrets ?? {})];
  const errors = Object.keys(given ?? {})
    .filter((name) => !known.includes(name))
    .map(
      (name): Finding => ({
        code: "unknown-key",
        path: `rotation.${name}`,
        message: `unknown key; ${suggestion(name, known)}`,
      }),
    );
  const of = (name: SecretName): Rotation => {
    const { rotations = 0, other, until } = given?.[name] ?? {};
    const fault =
      other === undefined || other === encrypted ? undefined : secretFault({ name, generated: true }, other);
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
