import { createRequire, Module } from "node:module";

/**
 * Modules that Pulumi's SDK loads at once and that only programs with dynamic providers or callbacks use: a TypeScript
 * compiler, and npm's own installer. Loading them takes several tenths of a second.
 */
export const seldomUsed = ["typescript", "@npmcli/arborist"];

/**
 * Puts stand-ins in the place of modules that nobody has loaded yet, each of which loads its module when something of it
 * is used. Those that are not installed are passed over.
 * @param {readonly string[]} names Names as the SDK requires them.
 */
export function loadOnUse(names) {
  const here = createRequire(import.meta.url);
  const sdk = createRequire(here.resolve("@pulumi/pulumi"));
  for (const name of names) {
    const path = pathOf(sdk, name);
    if (path !== undefined && here.cache[path] === undefined) here.cache[path] = standIn(sdk, path);
  }
}

/**
 * @param {NodeJS.Require} sdk
 * @param {string} name
 * @returns {string | undefined}
 */
function pathOf(sdk, name) {
  try {
    return sdk.resolve(name);
  } catch {
    return undefined;
  }
}

/**
 * @param {NodeJS.Require} sdk
 * @param {string} path
 * @returns {NodeJS.Module}
 */
function standIn(sdk, path) {
  const module = new Module(path);
  let real;
  const get = (_target, key) => {
    // Asked of every module that is required: a true answer spares it a copy of all its properties.
    if (key === "__esModule") return true;
    if (real === undefined) {
      delete sdk.cache[path];
      real = sdk(path);
    }
    return real[key];
  };
  return Object.assign(module, { filename: path, loaded: true, exports: new Proxy({}, { get }) });
}
