import { join } from "node:path";
import { z } from "zod";
import { OperationError } from "../../components/shared/errors";
import { run } from "../docker/run";
import type { Report } from "../progress";
import { tagVersion } from "./stand-ins";

/** npm packages that hold the program `node` alone, by version and architecture, with npm's integrity of each. */
const integrities: Readonly<Record<string, string>> = {
  "24.21.0 x64":
    "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  "24.21.0 arm64":
    "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
};

/** The npm package with the catalogue's version of node for this machine. Throws if its integrity is not pinned. */
export function nodePackage(architecture: string = process.arch): { spec: string; integrity: string } {
  const version = tagVersion("node");
  const integrity = integrities[`${version} ${architecture}`];
  if (integrity === undefined) {
    throw new OperationError(
      `No integrity is pinned for node ${version} on ${architecture}; add it to toolchain/images/node-program.ts`,
    );
  }
  return { spec: `node-linux-${architecture}@${version}`, integrity };
}

const packed = z.array(z.object({ filename: z.string(), integrity: z.string() })).length(1);

/** Fetches the program `node` into a folder, and gives its path. */
export async function fetchNode(folder: string, report: Report): Promise<string> {
  const { spec, integrity } = nodePackage();
  const what = `Fetching ${spec} from the npm registry`;
  report("fetching from the npm registry");
  const output = await run(["npm", "pack", "--json", "--silent", spec], { what, cwd: folder });
  const [file] = packed.parse(JSON.parse(output));
  if (file?.integrity !== integrity) {
    throw new OperationError(
      `${what} failed: its integrity is ${file?.integrity}, and ${integrity} is pinned`,
    );
  }
  const member = "package/bin/node";
  await run(["tar", "-xzf", join(folder, file.filename), "-C", folder, member], {
    what: `Unpacking ${spec}`,
  });
  return join(folder, member);
}
