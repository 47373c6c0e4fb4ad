import * as pulumi from "@pulumi/pulumi";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * Runs a program under Pulumi's mocks and answers every resource that it registered, with its exact inputs. Secret
 * inputs come wrapped, as the engine gets them.
 */
export async function registeredBy(
  stack: string,
  program: () => unknown,
  /** What commands print, by their names. Default: nothing. */
  printed: Readonly<Record<string, string>> = {},
): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        return {
          id: `${name}-id`,
          state: { ...inputs, imageId: `sha256:${name}`, stdout: printed[name] ?? "" },
        };
      },
      call: ({ inputs }) => inputs,
    },
    "backline",
    stack,
    false,
  );
  await pulumi.runtime.runInPulumiStack(async () => program());
  // Registrations go on after the program has ended, since they wait for one another.
  await pulumi.runtime.disconnect();
  return registered;
}

const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Whether an input reaches the engine as a secret. */
export function isSecret(value: unknown): boolean {
  return value !== null && typeof value === "object" && Object.values(value).includes(secretSignature);
}
