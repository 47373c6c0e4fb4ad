import * as pulumi from "@pulumi/pulumi";
import { allAliases } from "@pulumi/pulumi/resource";
import { registeredBy } from "./mocks";

/**
 * The URNs under which resources may have been before, by their names: their own aliases, and those that follow from
 * their parent's, put together by the SDK as the engine does it.
 */
export async function aliasesOf(
  stack: string,
  program: () => unknown,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {};
  await registeredBy(stack, () => {
    pulumi.runtime.registerStackTransformation(({ name, type, opts }) => {
      const { parent, aliases = [] } = opts;
      const parentName: unknown = parent === undefined ? undefined : Reflect.get(parent, "__name");
      if (parent !== undefined && typeof parentName === "string")
        pulumi.all(allAliases([...aliases], name, type, parent, parentName)).apply((urns) => {
          found[name] = urns;
        });
      return undefined;
    });
    return program();
  });
  return found;
}

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
