import { request } from "node:http";
import { z } from "zod";
import { docker } from "../../tests/support/backline";

/** Memory of a container at one moment, in bytes. */
export interface ContainerMemory {
  /** What `docker stats` shows: all that its cgroup is charged with but files that could be dropped at any time. */
  readonly used: number;
  /** What its processes have allocated themselves, without files and shared memory. */
  readonly anonymous: number;
}

const answer = z.object({
  memory_stats: z.object({ usage: z.number(), stats: z.record(z.string(), z.number()) }),
});

/**
 * Reads Docker's answer about a container. The kernel's names differ: `total_inactive_file` and `total_rss` with version
 * 1 of cgroups, `inactive_file` and `anon` with version 2.
 */
export function parseMemory(json: string): ContainerMemory {
  const {
    memory_stats: { usage, stats },
  } = answer.parse(JSON.parse(json));
  const droppable = stats.total_inactive_file ?? stats.inactive_file;
  const anonymous = stats.total_rss ?? stats.anon;
  if (droppable === undefined || anonymous === undefined)
    throw new Error(`Docker tells neither version's figures of memory, but ${Object.keys(stats).join(", ")}`);
  return { used: usage - droppable, anonymous };
}

/** The socket of the Docker that its command uses. */
async function dockerSocket(): Promise<string> {
  const host = await docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}");
  const [, path] = /^unix:\/\/(.+)$/.exec(host.trim()) ?? [];
  if (path === undefined) throw new Error(`memory is measured on this machine's Docker, not on ${host}`);
  return path;
}

/** An answer of Docker's own interface: its command line shows less. */
function ask(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`Docker answers ${response.statusCode} to ${path}: ${text.trim()}`));
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** Memory of each container now. */
export async function memoryOf(ids: readonly string[]): Promise<ContainerMemory[]> {
  const socket = await dockerSocket();
  return await Promise.all(
    ids.map(async (id) =>
      parseMemory(await ask(socket, `/containers/${id}/stats?stream=false&one-shot=true`)),
    ),
  );
}
