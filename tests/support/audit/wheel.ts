import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cached } from "../../../toolchain/cache";

/** ssh-audit as it is on PyPI. It needs Python and no other package, and runs from within the file. */
export const sshAuditWheel = {
  version: "3.9.0",
  file: "ssh_audit-3.9.0-py3-none-any.whl",
  sha256: "3dad48d4678e0de31f6332cc7674f9d7dd1805f86babf3796f41c2fd879cb812",
} as const;

/**
 * The folder of the wheel, in the cache. It is fetched on this machine, because https can fail inside containers where
 * only the machine trusts the network's certificate: with pip where there is one, so that its own settings hold, and
 * otherwise with Node.js from PyPI's index.
 */
export function ensureSshAudit(): Promise<string> {
  const { version, file, sha256 } = sshAuditWheel;
  return cached({
    name: "ssh-audit",
    key: version,
    build: async (staging) => {
      const target = join(staging, file);
      if (!(await withPip(staging))) await writeFile(target, await withFetch());
      const found = createHash("sha256")
        .update(await readFile(target))
        .digest("hex");
      if (found !== sha256) throw new Error(`${file} from PyPI has the checksum ${found}, not ${sha256}`);
    },
  });
}

async function withPip(folder: string): Promise<boolean> {
  const { version } = sshAuditWheel;
  const options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder];
  const download = await execa("python3", ["-m", "pip", "download", ...options, `ssh-audit==${version}`], {
    reject: false,
  });
  return download.exitCode === 0;
}

async function withFetch(): Promise<Buffer> {
  const { file } = sshAuditWheel;
  const index = await fetchOk("https://pypi.org/simple/ssh-audit/");
  const links = [...(await index.text()).matchAll(/href="([^"#]+)/g)].map(([, link = ""]) => link);
  const link = links.find((one) => one.endsWith(`/${file}`));
  if (link === undefined) throw new Error(`PyPI's index of ssh-audit does not list ${file}`);
  return Buffer.from(await (await fetchOk(new URL(link, index.url).href)).arrayBuffer());
}

async function fetchOk(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response;
}
