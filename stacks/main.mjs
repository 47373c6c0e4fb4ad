/**
 * Where Pulumi begins. `./backline` has bundled the program and names the bundle; plain `pulumi` loads the sources, which
 * takes about a second longer.
 */
import { loadOnUse, seldomUsed } from "./load-on-use.mjs";

loadOnUse(seldomUsed);
const bundle = process.env.BACKLINE_PROGRAM;
if (bundle === undefined) await import("tsx");
const program = await import(bundle ?? "./index.ts");

export default program.default;
