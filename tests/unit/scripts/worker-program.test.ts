import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { states } from "../../../scripts/commands/jobs";
import type { StackContainer } from "../../../scripts/operations/docker";
import { renderJobs } from "../../../scripts/operations/jobs";
import { chooseWorker, runInWorker } from "../../../scripts/operations/worker-program";
import { jobStates } from "../../../services/contract/jobs";
import { example } from "../../../stacks/systems/example";
import { type FakePrograms, fakePrograms } from "../../support/fake-programs";
import { settingsOf } from "../../support/plans";
import { settingsOfSystem } from "../../support/systems";

const container = (more: Partial<StackContainer>): StackContainer => ({
  ...{ id: "i", name: "n", service: "worker", image: "w", state: "running", memory: 0, cpu: 0, restarts: 0 },
  startedAt: "2030-01-01T00:00:00Z",
  ...more,
});

const inspected = (service: string, status = "running") => ({
  Id: `id-${service}`,
  Name: `/dev-${service}-0`,
  Config: { Image: "w", Labels: { "backline.stack": "dev", "backline.service": service } },
  State: { Status: status, StartedAt: "2030-01-01T00:00:00Z", ExitCode: 0 },
  HostConfig: { Memory: 0, NanoCpus: 0 },
  RestartCount: 0,
});

const settings = settingsOf("config:\n  backline:proxy: { certificates: internal }\n");

let programs: FakePrograms;
beforeEach(() => {
  programs = fakePrograms();
});
afterEach(() => programs.remove());

/** A Docker whose containers are given, and whose `exec` does what the script says. */
function docker(containers: readonly object[], exec: string): void {
  const list = `case "$1 $2" in "container ls") echo a ;; "container inspect") echo '${JSON.stringify(containers)}' ;;`;
  programs.add("docker", `${list} exec*) ${exec} ;; esac`);
}

const run = (...words: string[]) => runInWorker(settings, words, z.array(z.string()));

describe("the operators' program in the worker's container", () => {
  it("runs in the newest healthy worker that runs", () => {
    const old = container({ id: "old", health: "healthy" });
    const young = container({ id: "young", health: "healthy", startedAt: "2030-01-02T00:00:00Z" });
    const starting = container({ id: "starting", health: "starting", startedAt: "2030-01-03T00:00:00Z" });
    const others = [container({ id: "api", service: "api" }), container({ id: "dead", state: "exited" })];
    expect(chooseWorker([...others, old, starting, young], ["worker"])?.id).toBe("young");
    expect(chooseWorker([...others, starting], ["worker"])?.id).toBe("starting");
    expect(chooseWorker(others, ["worker"])).toBeUndefined();
  });

  it("answers what it prints", async () => {
    docker([inspected("api"), inspected("worker")], `[ "$2" = id-worker ] && echo "[\\"$3 $4 $5\\"]"`);
    expect(await run("jobs", "list")).toEqual(["node /app/operations.cjs jobs"]);
  });

  it("fails with its sentence", async () => {
    docker(
      [inspected("worker")],
      `echo '{"error":{"code":"job_not_found","message":"there is no job x"}}'; exit 1`,
    );
    await expect(run("jobs", "retry", "x")).rejects.toThrow("there is no job x");
  });

  it("says when the system does not run that worker, and asks no Docker", async () => {
    const own = settingsOfSystem(example);
    await expect(runInWorker(own, ["jobs", "list"], z.array(z.string()))).rejects.toThrow(
      "the system example does not run Backline's own worker, in which this command works",
    );
  });

  it("says when no worker runs", async () => {
    docker([inspected("api"), inspected("worker", "exited")], "echo never");
    await expect(run("jobs", "list")).rejects.toThrow(
      "no worker of the stack dev runs; ./backline status dev says what does",
    );
  });

  it("says when the release that runs has no such program", async () => {
    docker([inspected("worker")], "echo 'Error: Cannot find module /app/operations.cjs' >&2; exit 1");
    await expect(run("jobs", "list")).rejects.toThrow(
      "the release that runs in dev-worker-0 is older than this command; deploy first: ./backline up dev",
    );
  });

  it("passes on what went wrong otherwise", async () => {
    docker([inspected("worker")], "echo 'container is paused' >&2; exit 1");
    await expect(run("jobs", "list")).rejects.toThrow(
      "the command could not be run in dev-worker-0: container is paused",
    );
  });
});

describe("jobs", () => {
  it("can be asked for by every state of the contract", () => {
    expect(states).toEqual(jobStates);
  });

  it("are a table without control characters", () => {
    const job = {
      ...{ id: "j1", kind: "report", state: "failed", priority: "low", userId: "u", attempts: 3 },
      ...{ createdAt: "2030-01-01T00:00:00.000Z", endedAt: null, error: "no\u001b[31m\nroom" },
    };
    expect(renderJobs([job], "failed")).toBe(
      [
        "JOB  KIND    STATE   PRIORITY  ATTEMPTS  CREATED                   ERROR",
        "j1   report  failed  low       3         2030-01-01T00:00:00.000Z  no [31m room",
        "",
      ].join("\n"),
    );
    expect(renderJobs([], "failed")).toBe("There are no failed jobs.");
  });
});
