/** What holds data and what serves keeps its place in the state when the program is arranged in another way. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { PrivateNetworks } from "../../../components/network";
import { Postgres } from "../../../components/postgres";
import { Redis } from "../../../components/redis";
import { Service } from "../../../components/service";
import { planPlatform } from "../../../stacks/plan";
import { Platform } from "../../../stacks/platform";
import { expectSame, identitiesOf, kindOf } from "../../support/aliases";
import { releaseOf, settingsOf } from "../../support/plans";

const settings = settingsOf(`
config:
  backline:domain: audifi.localhost
  backline:proxy: { httpPort: 8080, httpsPort: 8443, certificates: internal }
`);
const release = releaseOf(settings);
const plan = planPlatform(settings, release);
describe("the resources of a platform", () => {
  const count = 84;
  const platform = (options?: pulumi.ComponentResourceOptions) =>
    new Platform(settings, release, "/project", [], options).results;

  it("stay when it is moved below another component with an alias", async () => {
    const before = await identitiesOf(() => platform());
    const now = await identitiesOf(() => {
      const parent = new pulumi.ComponentResource("test:index:Region", "region");
      platform({ parent, aliases: [{ parent: pulumi.rootStackResource }] });
    });
    const moved = now.filter(({ urn }) => urn.includes("test:index:Region$"));
    expect(moved.filter(({ urn }) => kindOf(urn) === "docker:index/volume:Volume")).toHaveLength(7);
    expect(moved.filter(({ urn }) => kindOf(urn) === "docker:index/container:Container").length).toBe(16);
    expectSame(before, now, count);
  });

  it("are others without an alias, which this test would see", async () => {
    const before = await identitiesOf(() => platform());
    const now = await identitiesOf(() =>
      platform({ parent: new pulumi.ComponentResource("test:index:Region", "region") }),
    );
    expect(() => expectSame(before, now, count)).toThrow();
  });
});

describe("the resources of a component", () => {
  const { host } = plan.context;
  const [service] = plan.services;
  const { postgres, redis } = plan;
  if (service === undefined || postgres === undefined || redis === undefined)
    throw new Error("there is no service, or there are no stores");
  const image = () => ({
    reference: "image:1",
    resource: new docker.RemoteImage("image", { name: "image:1" }),
  });
  const imagesOf = (one: ReturnType<typeof image>) => ({ image: one, writer: one, after: [] });
  type Make = (name: string, options?: pulumi.ComponentResourceOptions) => pulumi.ComponentResource;
  const components: Record<string, readonly [count: number, make: Make]> = {
    PostgreSQL: [
      6,
      (name, options) => new Postgres(name, { ...plan.context, plan: postgres, image: image() }, options),
    ],
    Redis: [6, (name, options) => new Redis(name, { ...plan.context, plan: redis, image: image() }, options)],
    "a service": [8, (name, options) => new Service(name, host, service, imagesOf(image()), options)],
    "the networks": [3, (name, options) => new PrivateNetworks(name, { stack: "dev" }, options)],
  };

  it.each(Object.entries(components))(
    "stay when it is renamed with an alias: %s",
    async (_what, [count, make]) => {
      const before = await identitiesOf(() => make("data"));
      const now = await identitiesOf(() => make("store", { aliases: [{ name: "data" }] }));
      expect(now.map(({ urn }) => urn)).not.toEqual(before.map(({ urn }) => urn));
      expectSame(before, now, count);
    },
  );
});
