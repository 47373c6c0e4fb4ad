import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deliveryScript } from "../../../../components/images/deliver";
import type { Delivery } from "../../../../components/images/plan";
import { operatorCommand } from "../../../../components/shared/host";
import { registeredBy } from "../../../support/mocks";
import { access, Engines } from "./engines";

const caddy = "caddy:2.11.7-alpine";
const redis = "redis:7.2.16-bookworm";
const api = { reference: "backline/staging-api:0123456789ab", directory: "build/api" };
const pushed = { reference: "registry.example.com/team/staging-api:0123456789ab", directory: "build/api" };
const host = "ops@203.0.113.10:22";

/** The script as the command's resource gets it. */
async function whole(more: Partial<Delivery>): Promise<string> {
  const delivery: Delivery = { stack: "staging", ssh: access, sent: [], built: [], outcome: "send", ...more };
  const { ssh, stack } = delivery;
  const all = await registeredBy(stack, () =>
    operatorCommand("delivery", { ssh, stack, directory: "/x" }, { create: deliveryScript(delivery) }, {}),
  );
  return String(all.find(({ name }) => name === "delivery")?.inputs.stdin);
}

let engines = new Engines();
beforeEach(() => {
  engines = new Engines();
});
afterEach(() => {
  engines.remove();
});

describe("sending third-party images", () => {
  it("sends in one archive what the host lacks or has with another content, and nothing the second time", async () => {
    engines.put("here", { [caddy]: "a", [redis]: "b", "node:24": "c" });
    engines.put("there", { [redis]: "old", "node:24": "c" });
    const script = await whole({ sent: [caddy, redis, "node:24"] });
    expect(await engines.run(script)).toEqual({
      exitCode: 0,
      stdout: [
        `sending to ${host}:`,
        `  ${caddy}, 134 MB unpacked`,
        `  ${redis}, 134 MB unpacked`,
        `Loaded image: ${caddy}`,
        `Loaded image: ${redis}`,
      ].join("\n"),
      stderr: "",
    });
    expect(engines.calls().sort()).toEqual([`here: docker save ${caddy} ${redis}`, "there: docker load"]);
    expect(engines.images("there")).toEqual({ [caddy]: "a", [redis]: "b", "node:24": "c" });
    expect(engines.images("here")).toEqual({ [caddy]: "a", [redis]: "b", "node:24": "c" });

    expect(await engines.run(script)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(engines.calls()).toEqual([]);
  });

  it("needs neither Docker nor the image here where the host has it", async () => {
    engines.put("there", { [caddy]: "a" });
    const script = await whole({ sent: [caddy] });
    expect(await engines.run(script)).toMatchObject({ exitCode: 0, stdout: "" });
    engines.fault("here.down");
    expect(await engines.run(script)).toMatchObject({ exitCode: 0, stdout: "" });
  });

  it("names the image that neither side has, and sends none", async () => {
    engines.put("here", { [caddy]: "a" });
    expect(await engines.run(await whole({ sent: [caddy, redis] }))).toEqual({
      exitCode: 4,
      stdout: "",
      stderr: `backline: neither ${host} nor this machine has ${redis}; ./backline up --toolchain registry builds it here, docker load takes it from a file, and with images.source: registry the host pulls it`,
    });
    expect(engines.calls()).toEqual([]);
  });

  it("refuses an image for another processor", async () => {
    engines.put("here", { [caddy]: "a" });
    engines.architecture("there", "arm64");
    expect(await engines.run(await whole({ sent: [caddy] }))).toMatchObject({
      exitCode: 4,
      stderr: `backline: ${caddy} is here for amd64, and ${host} is arm64; write images.source: registry, and the host pulls it`,
    });
  });

  it("does not take an archive that broke off for a success, and sends the rest the next time", async () => {
    engines.put("here", { [caddy]: "a", [redis]: "b" });
    engines.fault("save.fails");
    const script = await whole({ sent: [caddy, redis] });
    const { exitCode, stderr } = await engines.run(script);
    expect(exitCode).toBe(4);
    expect(stderr).toBe(
      `the disk of this machine is gone\nbackline: ${host} did not get ${redis} whole, as the lines above say; the next run begins with it again`,
    );
    engines.mend("save.fails");
    engines.calls();
    expect(await engines.run(script)).toMatchObject({ exitCode: 0 });
    expect(engines.calls().sort()).toEqual([`here: docker save ${redis}`, "there: docker load"]);
    expect(engines.images("there")).toEqual({ [caddy]: "a", [redis]: "b" });
  });

  it.each([
    [
      "the host's disk is full",
      "load.fails",
      `no space left on device\nbackline: the images were not sent to ${host}, as the lines above say; the next run begins with them again`,
    ],
    [
      "Docker on the host is down",
      "there.down",
      `Cannot connect to the Docker daemon\nbackline: Docker on ${host} does not answer, as the lines above say`,
    ],
    [
      "Docker on this machine is down",
      "here.down",
      `backline: Docker on this machine does not answer, and ${caddy} has to come from it; start it, or write images.source: registry`,
    ],
    [
      "the host is down",
      "ssh.down",
      `backline: there is no SSH connection to ${host} (ssh: connect to host: Connection timed out); see whether the host is up and host.address and host.port are right`,
    ],
  ])("says that %s", async (_name, fault, stderr) => {
    engines.put("here", { [caddy]: "a" });
    engines.fault(fault);
    expect(await engines.run(await whole({ sent: [caddy] }))).toMatchObject({ exitCode: 4, stderr });
  });
});

const build = (reference: string) =>
  `here: docker build --quiet --force-rm --label backline.stack=staging --tag ${reference} build/api`;

describe("sending images of the bundled services", () => {
  it("builds what the host lacks, sends it with the others, and leaves nothing here", async () => {
    engines.put("here", { [caddy]: "a" });
    const script = await whole({ sent: [caddy], built: [api] });
    expect(await engines.run(script)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(engines.calls().sort()).toEqual([
      build(api.reference),
      `here: docker image rm ${api.reference}`,
      `here: docker save ${caddy} ${api.reference}`,
      "there: docker load",
    ]);
    expect(engines.images("there")).toEqual({ [caddy]: "a", [api.reference]: "built" });
    expect(engines.images("here")).toEqual({ [caddy]: "a" });
    expect(await engines.run(script)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(engines.calls()).toEqual([]);
  });

  it("leaves what the host has built itself", async () => {
    engines.put("there", { [api.reference]: "built by the host" });
    expect(await engines.run(await whole({ built: [api] }))).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(engines.calls()).toEqual([]);
  });

  it("builds for the processor of the host", async () => {
    engines.architecture("there", "arm64");
    expect(await engines.run(await whole({ built: [api] }))).toMatchObject({ exitCode: 0 });
    expect(engines.calls()).toContain(
      `here: docker build --quiet --force-rm --platform linux/arm64 --label backline.stack=staging --tag ${api.reference} build/api`,
    );
  });

  it("says what the builder said", async () => {
    engines.fault("build.fails");
    expect(await engines.run(await whole({ built: [api] }))).toMatchObject({
      exitCode: 4,
      stderr: `no such base\nbackline: Docker on this machine cannot build ${api.reference}, as the lines above say`,
    });
  });
});

describe("pushing images of the bundled services", () => {
  it.each([
    ["a host elsewhere, which pulls its own copy", access, {}],
    ["this machine, which has it already", undefined, { [pushed.reference]: "built" }],
  ])("builds and pushes for %s", async (_name, ssh, left) => {
    const script = await whole({ ssh, built: [pushed], outcome: "push" });
    expect(await engines.run(script)).toEqual({
      exitCode: 0,
      stdout: `building ${pushed.reference}\npushing ${pushed.reference}`,
      stderr: "",
    });
    expect(engines.images("registry")).toEqual({ [pushed.reference]: "built" });
    expect(engines.images("here")).toEqual(left);
    engines.calls();
    expect(await engines.run(script)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(engines.calls()).toEqual([]);
  });

  it("says how to sign in, and pushes what is built already the next time", async () => {
    engines.fault("push.fails");
    const script = await whole({ ssh: undefined, built: [pushed], outcome: "push" });
    expect(await engines.run(script)).toMatchObject({
      exitCode: 4,
      stderr: `no basic auth credentials\nbackline: ${pushed.reference} cannot be pushed, as the lines above say; sign in with: docker login registry.example.com`,
    });
    engines.mend("push.fails");
    expect(await engines.run(script)).toMatchObject({ exitCode: 0, stdout: `pushing ${pushed.reference}` });
  });

  it("sends third-party images beside it", async () => {
    engines.put("here", { [caddy]: "a" });
    const script = await whole({ sent: [caddy], built: [pushed], outcome: "push" });
    expect(await engines.run(script)).toMatchObject({ exitCode: 0 });
    expect(engines.images("there")).toEqual({ [caddy]: "a" });
  });
});
