import { createServer } from "node:net";
import { execa } from "execa";
import { labels } from "../../../components/shared/names";
import { type Finding, ok, warn } from "./finding";

/** Whether the ports that the proxy of a stack on this machine publishes can be had. */
export async function checkPort(port: number, stack: string): Promise<Finding> {
  const name = `port ${port}`;
  const error = await listen(port);
  if (error === undefined) return ok(name, "free");
  if (error === "EACCES")
    return warn(
      name,
      "only root may listen on it",
      `write a port from 1024 on under backline:proxy in Pulumi.${stack}.yaml; Docker itself may use it`,
    );
  const container = await publisher(port);
  if (container?.stack === stack) return ok(name, `held by the stack ${stack} (${container.name})`);
  const holder = container === undefined ? await listener(port) : `the container ${container.name}`;
  return warn(
    name,
    `held by ${holder ?? "another program"}`,
    `end it, or write another port under backline:proxy in Pulumi.${stack}.yaml`,
  );
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
