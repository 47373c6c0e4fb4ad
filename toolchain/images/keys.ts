import { fileURLToPath } from "node:url";
import { contentKey, filesBelow } from "../cache";
import { nodePackage } from "./node-program";
import { type Ingredient, reference, type StandInName, standIns } from "./stand-ins";

/** A folder of `toolchain/images`. */
export function imageFolder(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Key of the base image: what makes its files. */
export async function baseKey(): Promise<string> {
  return await contentKey(["base", process.arch], await filesBelow(imageFolder("base")));
}

/** Key of the image that programs are taken from. */
export async function packagesKey(base: string): Promise<string> {
  return await contentKey(["packages", base], await filesBelow(imageFolder("packages")));
}

/** The key of each stand-in: two images of one name with the same key were made from the same sources. */
export async function standInKeys(names: readonly StandInName[]): Promise<ReadonlyMap<StandInName, string>> {
  const base = await baseKey();
  const packages = await packagesKey(base);
  const ingredient = async (of: Ingredient): Promise<string> => {
    if (of === "packages") return packages;
    if (of === "node") return nodePackage().integrity;
    const module = fileURLToPath(new URL("../go/caddy", import.meta.url));
    return await contentKey(["caddy"], await filesBelow(module));
  };
  const key = async (name: StandInName): Promise<string> => {
    const { folder, ingredients, args } = standIns[name];
    const parts = await Promise.all(ingredients.map(ingredient));
    const values = [base, reference(name), ...parts, JSON.stringify(args)];
    return await contentKey(values, await filesBelow(imageFolder(folder)));
  };
  return new Map(await Promise.all(names.map(async (name) => [name, await key(name)] as const)));
}
