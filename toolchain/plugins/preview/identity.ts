import { basename, dirname } from "node:path";
import type { ProviderIdentity } from "../shared/provider";

/** Where plugins live that are not Pulumi's own, by package. */
const SERVERS: Readonly<Record<string, string>> = { vercel: "github://api.github.com/pulumiverse" };

/**
 * Which package a stand-in serves: the engine keeps each plugin in a folder `resource-<name>-v<version>`.
 * @param program Path of the running program.
 * @throws Error when the folder is named in another way.
 */
export function identityOf(program: string): ProviderIdentity {
  const folder = basename(dirname(program));
  const [, name, version] = /^resource-(.+)-v(\d.*)$/.exec(folder) ?? [];
  if (name === undefined || version === undefined) {
    throw new Error(
      `The preview stand-in is in the folder "${folder}", which does not say what it stands in for; ` +
        'install it in a folder named like "resource-cloudflare-v6.22.1"',
    );
  }
  return { name, version };
}

/** Why something cannot be done, and how it can be. */
export function needsOfficial({ name, version }: ProviderIdentity, what: string): string {
  const server = SERVERS[name] === undefined ? "" : ` --server ${SERVERS[name]}`;
  return (
    `${what} needs the official plugin ${name} ${version}; here is only a stand-in for previews, because the network ` +
    "reaches nothing but package registries. On an open network, get it with: " +
    `pulumi plugin install resource ${name} ${version}${server} --reinstall`
  );
}
