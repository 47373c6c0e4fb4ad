/** What a rotation changes of a platform, phase by phase. */
import { beforeAll, describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { reveal } from "../../../components/shared/files";
import { planPlatform } from "../../../stacks/plan";
import { Platform } from "../../../stacks/platform";
import type { Settings } from "../../../stacks/settings";
import { isSecret, type Registered, registeredBy } from "../../support/mocks";
import { releaseOf } from "../../support/plans";
import { local, resolution, secrets } from "../../support/resolution";

const fresh = (name: string) => `${name}-fresh-0123456789-0123456789abcdef`;

function settingsOf(changed: Record<string, string>, rotation: Record<string, unknown>): Settings {
  const result = resolution({ ...local, secrets: { ...secrets, ...changed }, rotation });
  if (!result.ok) throw new Error(result.errors.map(formatProblem).join("\n"));
  return result.settings;
}
/** The plan of a system with everything that a rotation concerns. */
function planOf(...of: Parameters<typeof settingsOf>) {
  const settings = settingsOf(...of);
  const { postgres, redis, migrations, ...others } = planPlatform(settings, releaseOf(settings));
  if (!postgres || !redis || !migrations) throw new Error("the system lacks a store or its migrations");
  return { postgres, redis, migrations, ...others };
}
type WholePlan = ReturnType<typeof planOf>;

/** Names of the containers that one plan has and another has not, without their hashes. */
function replaced(before: WholePlan, after: WholePlan): string[] {
  const names = ({ postgres, redis, proxy, services, monitoring }: WholePlan): string[] => [
    ...[postgres.container, redis.container, proxy.container].map(({ name }) => name),
    ...services.flatMap(({ replicas }) => replicas.map(({ name }) => name)),
    ...Object.values(monitoring ?? {}).flatMap((program) => (program ? [program.container.name] : [])),
  ];
  const there = names(before);
  return names(after)
    .filter((name) => !there.includes(name))
    .map((name) => name.replace(/^dev-/, "").replace(/-[0-9a-f]{10}$/, ""))
    .sort();
}

const replicas = ["api-0", "api-1", "worker-0", "ws-0", "ws-1"];
const idle = planOf({}, {});

describe("a rotation of PostgreSQL's password", () => {
  const password = "postgresPassword";
  const old = secrets[password] ?? "";
  const used = planOf(
    { [password]: fresh(password) },
    { [password]: { rotations: 1, other: old, phase: "used" } },
  );
  const ended = planOf({ [password]: fresh(password) }, { [password]: { rotations: 1, phase: "ended" } });

  it("replaces the services' replicas and leaves the store alone", () => {
    expect(replaced(idle, used)).toEqual(replicas);
    expect(used.services[0]?.replicas[0]?.spec.environment).toMatchObject({
      POSTGRES_USER: "backline_alternate",
    });
    expect(used.migrations.command).toContain("POSTGRES_USER=backline_alternate");
  });

  it("ends without a new container: the old role alone is taken away", () => {
    expect(replaced(used, ended)).toEqual([]);
    expect(used.postgres.rolesSql).toContain(`ALTER ROLE backline LOGIN NOSUPERUSER PASSWORD '${old}';`);
    expect(ended.postgres.rolesSql).toContain("ALTER ROLE backline NOLOGIN NOSUPERUSER PASSWORD NULL;");
  });
});

describe("a rotation of Redis' password", () => {
  const password = "redisPassword";
  const rotation = { rotations: 1, other: secrets[password], phase: "used" };
  const used = planOf({ [password]: fresh(password) }, { [password]: rotation });
  const ended = planOf({ [password]: fresh(password) }, { [password]: { rotations: 1, phase: "ended" } });
  const hashes = ({ redis }: WholePlan) =>
    reveal(redis.config.files[0]?.content ?? "").match(/#[0-9a-f]{64}/g) ?? [];

  it("replaces the services' replicas and the exporter, and leaves the store alone", () => {
    expect(replaced(idle, used)).toEqual([...replicas, "redis-exporter"].sort());
  });

  it("lets Redis accept both until it ends, which replaces nothing", () => {
    const [first] = hashes(idle);
    const [second] = hashes(ended);
    expect(hashes(idle)).toHaveLength(1);
    expect(hashes(used)).toEqual([second, first]);
    expect(hashes(ended)).toEqual([second]);
    expect(replaced(used, ended)).toEqual([]);
  });
});

describe("a rotation of the signing key", () => {
  const old = secrets.jwtSecret;
  const next = fresh("jwtSecret");
  const until = "2030-01-31T12:45:00Z";
  const environment = (plan: WholePlan, service: string) =>
    plan.services.find(({ name }) => name === service)?.replicas[0]?.spec.environment;

  it("gives the second key to those that read tokens, and its end when it is known", () => {
    const introduced = planOf({}, { jwtSecret: { other: next, phase: "introduced" } });
    const used = planOf(
      { jwtSecret: next },
      { jwtSecret: { rotations: 1, other: old, phase: "used", until } },
    );
    const expiring = planOf(
      { jwtSecret: next },
      { jwtSecret: { rotations: 1, other: old, phase: "expiring", until } },
    );
    expect(replaced(idle, introduced)).toEqual(["api-0", "api-1", "ws-0", "ws-1"]);
    expect(environment(introduced, "ws")).toMatchObject({
      JWT_OTHER_SECRET_FILE: "/run/backline/jwt-other-secret",
    });
    expect(environment(introduced, "ws")).not.toHaveProperty("JWT_OTHER_SECRET_UNTIL");
    expect(environment(used, "api")).toMatchObject({ JWT_OTHER_SECRET_UNTIL: until });
    expect(replaced(used, expiring)).toEqual([]);
  });
});

describe("a rotation of a password that no request needs", () => {
  it.each([
    ["postgresAdminPassword", []],
    ["postgresMonitoringPassword", ["postgres-exporter"]],
    ["grafanaPassword", ["grafana"]],
  ])("of %s replaces %j", (name, containers) => {
    const after = planOf({ [name]: fresh(name) }, { [name]: { rotations: 1, phase: "used" } });
    expect(replaced(idle, after)).toEqual(containers);
  });

  it("tells a Grafana that has its database already", () => {
    const after = planOf({}, { grafanaPassword: { rotations: 1 } });
    expect(idle.monitoring?.grafana?.afterStart).toBeUndefined();
    expect(after.monitoring?.grafana?.afterStart?.command).toContain("--password-from-stdin");
    expect(after.monitoring?.grafana?.afterStart?.stdin.reveal()).toBe(secrets.grafanaPassword);
  });
});

describe("an update in the middle of a rotation", () => {
  let all: Registered[] = [];
  beforeAll(async () => {
    const others = Object.fromEntries(
      ["postgresPassword", "redisPassword", "jwtSecret"].map((name) => [
        name,
        { rotations: 1, other: fresh(name), phase: "used" },
      ]),
    );
    all = await registeredBy("dev", () => {
      const settings = settingsOf({}, others);
      return new Platform(settings, releaseOf(settings), "/project", []).results;
    });
  });

  it("makes the stores accept the new passwords before the first replica that has them", () => {
    const order = all.map(({ name }) => name);
    const first = Math.min(...["api-0", "ws-0", "worker-0"].map((name) => order.indexOf(name)));
    for (const name of ["postgres-roles", "redis-config"]) {
      expect(order).toContain(name);
      expect(order.indexOf(name), name).toBeLessThan(first);
    }
  });

  it("hands the second values over on standard input, as secrets, and nowhere else", () => {
    const values = ["postgresPassword", "redisPassword", "jwtSecret"].map(fresh);
    const forms = values.flatMap((value) => [value, Buffer.from(value).toString("base64")]);
    const leaks = all.flatMap(({ name, inputs }) =>
      Object.entries(inputs)
        .filter(([, value]) => forms.some((form) => JSON.stringify(value).includes(form)))
        .map(([key, value]) => [name, key, isSecret(value)]),
    );
    expect(leaks.sort()).toEqual(
      ["api-files", "postgres-roles", "ws-files"].map((name) => [name, "stdin", true]),
    );
  });
});
