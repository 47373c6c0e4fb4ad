import { describe, expect, it } from "vitest";
import { parseContainers } from "../../../scripts/operations/docker";
import { renderOutputs } from "../../../scripts/operations/outputs";
import { compareWithOutputs, renderStatus } from "../../../scripts/operations/status";

const inspected = (service: string, slot: string | undefined, state: object, limits = {}) => ({
  Id: `id-${service}-${slot}`,
  Name: `/dev-${service}-${slot ?? "x"}`,
  Config: {
    Image: "backline/dev-api:1",
    Labels: {
      "backline.stack": "dev",
      "backline.service": service,
      ...(slot === undefined ? {} : { "backline.slot": slot, "backline.version": "0123456789ab" }),
    },
  },
  State: { Status: "running", StartedAt: "2030-01-31T12:00:00Z", ExitCode: 0, ...state },
  HostConfig: { Memory: 512 * 2 ** 20, NanoCpus: 500_000_000, ...limits },
  RestartCount: 2,
});

const found = parseContainers(
  JSON.stringify([
    inspected("redis", undefined, { Health: { Status: "healthy" } }, { Memory: 2 ** 30, NanoCpus: 0 }),
    inspected("api", "1", { Health: { Status: "unhealthy" } }),
    inspected("api", "0", { Health: { Status: "healthy" } }),
  ]),
);

describe("containers as Docker describes them", () => {
  it("are read and put in order", () => {
    expect(found.map(({ name }) => name)).toEqual(["dev-api-0", "dev-api-1", "dev-redis-x"]);
    expect(found[0]).toEqual({
      id: "id-api-0",
      name: "dev-api-0",
      service: "api",
      slot: 0,
      version: "0123456789ab",
      image: "backline/dev-api:1",
      state: "running",
      health: "healthy",
      memory: 536_870_912,
      cpu: 0.5,
      restarts: 2,
      startedAt: "2030-01-31T12:00:00Z",
    });
  });
});

describe("the status of a stack", () => {
  const outputs = {
    urls: { api: "https://api.audifi.localhost:8443" },
    caCertificate: "/project/.backline/dev/ca.crt",
    containers: [
      { name: "dev-api-0", service: "api", slot: 0 },
      { name: "dev-api-1", service: "api", slot: 1 },
      { name: "dev-redis-x", service: "redis" },
      { name: "dev-worker-0", service: "worker", slot: 0 },
    ],
  };

  it("is shown as a table with the addresses, missing containers included", () => {
    expect(renderStatus(compareWithOutputs("dev", found, outputs))).toBe(
      [
        "SERVICE   CONTAINER     VERSION       STATE    HEALTH     MEMORY  CPU  RESTARTS",
        "api 0     dev-api-0     0123456789ab  running  healthy    512Mi   0.5  2",
        "api 1     dev-api-1     0123456789ab  running  unhealthy  512Mi   0.5  2",
        "redis     dev-redis-x   -             running  healthy    1Gi     -    2",
        "worker 0  dev-worker-0  -             missing  -          -       -    0",
        "",
        "SITE         URL",
        "api          https://api.audifi.localhost:8443",
        "certificate  /project/.backline/dev/ca.crt",
        "",
      ].join("\n"),
    );
  });

  it("shows the certificate of each site, and what is wrong with it", () => {
    const status = {
      ...compareWithOutputs("dev", [], {
        urls: { api: "https://api.example.com", app: "https://app.example.com" },
      }),
      certificates: [
        { site: "api", hostname: "api.example.com", state: "valid", until: "2030-01-31T12:00:00.000Z" },
        { site: "app", hostname: "app.example.com", state: "missing", warning: "app.example.com has none." },
      ] as const,
    };
    expect(renderStatus(status)).toContain(
      [
        "SITE  URL                      CERTIFICATE",
        "api   https://api.example.com  until 2030-01-31 12:00 UTC",
        "app   https://app.example.com  none",
        "",
        "WARNING: app.example.com has none.",
        "",
      ].join("\n"),
    );
  });

  it("is healthy if every container runs and none is unhealthy, starting or missing", () => {
    const [healthy, unhealthy] = found;
    if (healthy === undefined || unhealthy === undefined) throw new Error("there are three containers");
    const isHealthy = (containers: typeof found, of: object = {}) =>
      compareWithOutputs("dev", containers, { ...of }).healthy;
    expect(isHealthy([healthy])).toBe(true);
    expect(isHealthy([healthy, unhealthy])).toBe(false);
    expect(isHealthy([{ ...healthy, health: "starting" }])).toBe(false);
    expect(isHealthy([{ ...healthy, state: "exited" }])).toBe(false);
    expect(isHealthy([healthy], outputs)).toBe(false);
    expect(isHealthy([])).toBe(false);
  });

  it("shows what an update that failed has left beside what serves, and says which is which", () => {
    const [serving] = found;
    if (serving === undefined) throw new Error("there are three containers");
    const failed = {
      ...serving,
      ...{
        id: "new",
        name: "dev-api-0-new",
        version: "ba9876543210",
        state: "restarting",
        health: "starting",
      },
    };
    const promises = {
      release: "3f9c2a11",
      containers: [{ name: serving.name, service: "api", slot: 0 }],
    };
    const status = compareWithOutputs("dev", [serving, failed], promises);
    expect(status).toMatchObject({ release: "3f9c2a11", healthy: false });
    expect(status.containers.map(({ name, version, left }) => [name, version, left])).toEqual([
      ["dev-api-0", "0123456789ab", undefined],
      ["dev-api-0-new", "ba9876543210", true],
    ]);
    expect(renderStatus(status)).toContain(
      [
        "",
        "Left by an update that failed half-way, or of one that is under way: api 0 (dev-api-0-new, version ba9876543210).",
        "The release 3f9c2a11 serves: api 0 (dev-api-0, version 0123456789ab). The next good deploy removes the others.",
        "",
      ].join("\n"),
    );
    expect(renderStatus(compareWithOutputs("dev", [failed], promises))).toContain(
      "Nothing serves in their place; ./backline logs dev <service> says why.",
    );
  });

  it("says that the last update failed where it has left nothing", () => {
    const [serving] = found;
    if (serving === undefined) throw new Error("there are three containers");
    const promises = { release: "3f9c2a11", containers: [{ name: serving.name, service: "api", slot: 0 }] };
    const sentence =
      "The last update failed, and has left no container beside those of the release 3f9c2a11.";
    const shown = (lastUpdate: "failed" | "succeeded") =>
      renderStatus(compareWithOutputs("dev", [serving], promises, lastUpdate));
    expect(shown("failed")).toContain(sentence);
    expect(shown("succeeded")).not.toContain(sentence);
  });

  it("says so where nothing runs", () => {
    expect(renderStatus(compareWithOutputs("dev", [], {}))).toBe(
      "Nothing of the stack dev runs; ./backline up dev starts it.\n",
    );
  });
});

describe("outputs", () => {
  it("are one a line, and of a list of things their names or ids", () => {
    const containers = [{ name: "dev-api-0", service: "api" }, { name: "dev-redis" }];
    const releases = [{ id: "3f9c2a11", who: "a@b" }];
    expect(renderOutputs({ containers, releases, none: [] })).toBe(
      "OUTPUT      VALUE\ncontainers  dev-api-0, dev-redis\nreleases    3f9c2a11\nnone        []\n",
    );
  });

  it("are one a line, groups by their keys, lists as JSON", () => {
    expect(renderOutputs({ urls: { api: "https://a" }, warnings: ["w"], count: 2 })).toBe(
      'OUTPUT    VALUE\nurls.api  https://a\nwarnings  ["w"]\ncount     2\n',
    );
  });
});
