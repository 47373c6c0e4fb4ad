import * as pulumi from "@pulumi/pulumi";
import { registeredBy } from "./mocks";

/** What resources ask of the engine, by their names. */
export async function optionsOf(
  stack: string,
  program: () => unknown,
): Promise<Readonly<Record<string, pulumi.CustomResourceOptions>>> {
  const found: Record<string, pulumi.CustomResourceOptions> = {};
  await registeredBy(stack, () => {
    pulumi.runtime.registerStackTransformation(({ name, opts }) => {
      found[name] = opts;
      return undefined;
    });
    return program();
  });
  return found;
}
