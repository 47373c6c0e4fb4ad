import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { browserPrograms } from "../../toolchain/chromium";
import { findProgram } from "../../toolchain/docker/programs";

function findBrowser(): string {
  for (const name of browserPrograms) {
    const program = findProgram(name);
    if (program !== undefined) return program;
  }
  throw new Error(`there is no ${browserPrograms.join(" or ")} on PATH; ./backline test installs one`);
}

/**
 * Starts Chromium without a window. It accepts the certificates that these sites show now, after they were checked
 * against the CA: Chromium reads authorities from a store of the whole machine alone, which a test leaves as it is.
 * For the same reason it goes over to HTTP/3 by itself for public authorities alone: `http3` makes it do so here.
 */
export async function startBrowser(
  caPath: string,
  sites: readonly string[],
  { http3 = false } = {},
): Promise<Browser> {
  const keys = await Promise.all(sites.map((site) => publicKeyOf(new URL(site), readFileSync(caPath))));
  return chromium.launch({
    executablePath: findBrowser(),
    args: [
      `--ignore-certificate-errors-spki-list=${keys.join(",")}`,
      ...(http3 ? http3Options(sites) : []),
      // Containers have little shared memory.
      "--disable-dev-shm-usage",
      // Its sandbox does not start for root.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
}

/** It tries the first address of a name alone, which is IPv6's of this machine otherwise. */
const http3Options = (sites: readonly string[]): string[] => [
  `--origin-to-force-quic-on=${sites.map((site) => new URL(site).host).join(",")}`,
  "--host-resolver-rules=MAP *.localhost 127.0.0.1",
];

/** Hash of the public key of a site whose certificate the CA has signed, as Chromium wants it. */
function publicKeyOf({ hostname, port }: URL, ca: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: Number(port), servername: hostname, ca }, () => {
      const { publicKey } = new X509Certificate(socket.getPeerCertificate().raw);
      socket.end();
      resolve(
        createHash("sha256")
          .update(publicKey.export({ type: "spki", format: "der" }))
          .digest("base64"),
      );
    });
    socket.on("error", reject);
  });
}

/** A window of somebody of their own, with what went wrong in it: errors of scripts and of the security policy. */
export interface Window {
  readonly page: Page;
  readonly errors: string[];
}

export async function openWindow(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (entry) => {
    if (entry.type() === "error" && entry.text().includes("Content Security Policy"))
      errors.push(entry.text());
  });
  await page.goto(url);
  return { page, errors };
}

/** The protocol over which a page was fetched: `h2`, `h3`. */
export const protocolOf = (page: Page): Promise<string> =>
  page.evaluate<string>("performance.getEntriesByType('navigation')[0].nextHopProtocol");
