import { describe, expect, it } from "vitest";
import { failedChecks, renderFailedUpdate } from "../../../scripts/operations/failed-checks";
import { settingsOf } from "../../support/plans";

/** As the engine writes it when two commands fail, in colour where it is told to. */
const output = [
  " ~  command:local:Command api-0-gate updating (0s) [diff: ~stdin]; last lines of its log:",
  " ~  command:local:Command api-0-gate \u001b[31m**updating failed**\u001b[0m [diff: ~stdin]; error: exit status 1",
  "    pulumi:pulumi:Stack backline-qa **failed** 1 error",
  "Diagnostics:",
  "  pulumi:pulumi:Stack (backline-qa):",
  "    error: update failed",
  "",
  "  command:local:Command (api-0-gate):",
  '    \u001b[31merror: exit status 1: running "sh -s":\u001b[0m',
  "    qa-api-0-1234567890 was not ready within 60 s: 503 postgres",
  "    last lines of its log:",
  '      {"level":30}',
  "    ",
  "    the last line",
  "",
  "  docker:index:RemoteImage (image-ws):",
  "    error: the disk is full",
  "",
  "  command:local:Command (proxy-config):",
  '    error: exit status 1: running "docker run --rm sh -euc \\"cd /files\\"":',
  "    Error: adapting config using caddyfile: unrecognized directive",
  "",
  "Resources:",
  "    2 errored",
].join("\n");

describe("the checks that failed", () => {
  it("are found with all that was said of them, and nothing else", () => {
    expect(failedChecks(output)).toEqual([
      {
        who: "api 0",
        service: "api",
        kind: "replica",
        lines: [
          "qa-api-0-1234567890 was not ready within 60 s: 503 postgres",
          "last lines of its log:",
          '  {"level":30}',
          "",
          "the last line",
        ],
      },
      {
        who: "proxy",
        service: "proxy",
        kind: "configuration",
        lines: ["Error: adapting config using caddyfile: unrecognized directive"],
      },
    ]);
  });

  it.each([
    ["migrations-apply", { who: "migrations", service: "migrations", kind: "migrations" }],
    ["postgres-exporter-gate", { who: "postgres-exporter", service: "postgres-exporter", kind: "replica" }],
    ["proxy-certificates", { who: "proxy", service: "proxy", kind: "configuration" }],
    ["ws-12-gate", { who: "ws 12", service: "ws", kind: "replica" }],
  ])("are told apart: %s", (name, check) => {
    expect(failedChecks(`  command:local:Command (${name}):\n    error: exit status 1:\n    why`)).toEqual([
      { ...check, lines: ["why"] },
    ]);
  });

  it("are also those of containers that ended before their gate asked", () => {
    const said = "error: container 1234 exited after creation, error was: no such file";
    expect(failedChecks(`  docker:index:Container (worker-0):\n    ${said}\n\nResources:`)).toEqual([
      { who: "worker 0", service: "worker", kind: "replica", lines: [said] },
    ]);
  });

  it.each([
    "  command:local:Command (image-delivery):\n    error: exit status 1:\n    why",
    "  command:local:Command (api-0-gate):\n    error: exit status 4:\n    backline: there is no SSH connection",
    "error: update failed",
  ])("are none where something else failed: %j", (text) => {
    expect(failedChecks(text)).toEqual([]);
  });
});

describe("an update that failed", () => {
  const { services } = settingsOf(
    [
      "config:",
      "  backline:proxy: { certificates: internal }",
      "  backline:services: { ws: { update: stop-first } }",
    ].join("\n"),
  );
  const [api, proxy] = failedChecks(output);
  if (api === undefined || proxy === undefined) throw new Error("there are two");
  const render = (checks: readonly (typeof api)[], release: string | undefined) =>
    renderFailedUpdate({ stack: "qa", command: "deploy", checks, services, release });

  it("is one block: which replica, which check, the end of its log, and what now", () => {
    expect(render([api, proxy], "3f9c2a11")).toBe(
      [
        "deploy qa failed:",
        "",
        "  api 0: qa-api-0-1234567890 was not ready within 60 s: 503 postgres",
        "  last lines of its log:",
        '    {"level":30}',
        "",
        "  the last line",
        "",
        "  proxy: Error: adapting config using caddyfile: unrecognized directive",
        "",
        "The release 3f9c2a11 serves on. The same deploy would fail again. What it has left goes with the next good deploy, or with ./backline rollback qa 3f9c2a11.",
      ].join("\n"),
    );
  });

  it("does not say that something serves which had to go first", () => {
    const gone =
      "Of the release 3f9c2a11 serves what is still there: ws 0 had to go first (./backline status qa). ";
    expect(render([{ ...api, who: "ws 0", service: "ws" }], "3f9c2a11")).toContain(gone);
    expect(render([{ ...api, who: "proxy", service: "proxy" }], "3f9c2a11")).toContain(
      "proxy had to go first",
    );
  });

  it("says of a first release that nothing serves", () => {
    expect(render([api], undefined)).toMatch(
      /\n\nNothing was released before, so that nothing serves\. The same deploy would fail again\. What it has left goes with the next good deploy\.$/,
    );
  });
});
