import { livePath } from "../../../components/redis/passwords";
import { containersOf, type DockerCommand } from "../backline";
import type { Inside, ProcessUse } from "./target";

/** Bytes of memory that a process holds, as `/proc/<id>/status` tells. */
export function bytesOf(status: string): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`there is no VmRSS in '${status.slice(0, 100)}'`);
  return Number(kilobytes) * 1024;
}

/** The inside of a stack that Docker runs. */
export function insideOfStack(stack: string, docker: DockerCommand): Inside {
  const idsOf = async (...services: string[]) => {
    const all = await containersOf(stack, docker);
    return all.filter(({ name }) =>
      services.some((service) => new RegExp(`-${service}-(\\d-)?[0-9a-f]+$`).test(name)),
    );
  };
  const one = async (service: string) => {
    const [found] = await idsOf(service);
    if (found === undefined) throw new Error(`the stack ${stack} has no ${service}`);
    return found.id;
  };
  return {
    sql: async (statement) => {
      const script = 'psql --username=postgres --dbname="$POSTGRES_DB" --quiet --tuples-only --no-align "$@"';
      return docker("exec", await one("postgres"), "sh", "-c", script, "psql", `--command=${statement}`);
    },
    redis: async (...command) => {
      const script = `REDISCLI_AUTH=$(cat ${livePath}/current/redis-password) redis-cli "$@"`;
      return docker("exec", await one("redis"), "sh", "-c", script, "redis-cli", ...command);
    },
    tokenKey: async () => (await docker("exec", await one("api"), "cat", "/run/backline/jwt-secret")).trim(),
    async processes() {
      const watched = await idsOf("api", "ws", "worker", "proxy");
      return Promise.all(
        watched.map(async ({ id, name }): Promise<ProcessUse> => {
          // `docker stats` shows nothing where a machine does not account for memory.
          const status = await docker("exec", id, "cat", "/proc/1/status");
          const started = await docker("inspect", "--format", "{{.State.StartedAt}} {{.RestartCount}}", id);
          return { name, bytes: bytesOf(status), started };
        }),
      );
    },
  };
}
