import { createServer } from "node:net";
import { execa } from "execa";
import { OperationError } from "../../components/shared/errors";
import { labels } from "../../components/shared/names";
import type { Settings } from "../../stacks/settings/settings";

/** What stands in the way of publishing a port on this machine. */
export type PortState =
  | { readonly is: "free" }
  /** Docker may be able to, this user is not. */
  | { readonly is: "forbidden" }
  /** Held by the stack itself. */
  | { readonly is: "own"; readonly container: string }
  | { readonly is: "taken"; readonly holder: string };

export async function portState(port: number, stack: string): Promise<PortState> {
  const error = await listen(port);
  if (error === undefined) return { is: "free" };
  if (error === "EACCES") return { is: "forbidden" };
  const container = await publisher(port);
  if (container?.stack === stack) return { is: "own", container: container.name };
  const holder = container === undefined ? await listener(port) : `the container ${container.name}`;
  return { is: "taken", holder: holder ?? "another program" };
}

/**
 * Refuses to deploy where a port of the proxy is another program's: the old proxy would go before the new one fails.
 * @throws OperationError that names the port and its holder.
 */
export async function requirePorts({ stack, host, proxy }: Settings): Promise<void> {
  if (host.address !== undefined) return;
  const check = async (key: "httpPort" | "httpsPort"): Promise<string[]> => {
    const state = await portState(proxy[key], stack);
    return state.is === "taken"
      ? [
          `port ${proxy[key]} (proxy.${key}) is held by ${state.holder}; end it, or write another port in Pulumi.${stack}.yaml`,
        ]
      : [];
  };
  const taken = (await Promise.all([check("httpPort"), check("httpsPort")])).flat();
  if (taken.length > 0) throw new OperationError(taken.join("\n"));
}

/** The code of the error that listening gives, or undefined. */
function listen(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen(port, "0.0.0.0", () => server.close(() => resolve(undefined)));
  });
}

async function publisher(port: number): Promise<{ name: string; stack: string } | undefined> {
  const format = `{{.Names}}\t{{.Label "${labels.stack}"}}`;
  const { stdout } = await execa("docker", ["ps", "--filter", `publish=${port}`, "--format", format], {
    reject: false,
    stdin: "ignore",
    timeout: 10_000,
  });
  const [name, stack = ""] = (stdout ?? "").split("\n")[0]?.split("\t") ?? [];
  return name ? { name, stack } : undefined;
}

/** `nginx (process 4711)`, where `ss` can tell. */
async function listener(port: number): Promise<string | undefined> {
  const { stdout } = await execa("ss", ["-ltnpH", `sport = :${port}`], {
    reject: false,
    stdin: "ignore",
    timeout: 10_000,
  });
  return parseListener(stdout ?? "");
}

export function parseListener(text: string): string | undefined {
  const [, program, id] = /users:\(\("([^"]+)",pid=(\d+)/.exec(text) ?? [];
  return program === undefined ? undefined : `${program} (process ${id})`;
}
