import { homedir } from "node:os";
import { describe, expect, it } from "vitest";
import { localState, requireLocalState } from "../../../../scripts/operations/state/local";

const of = (url?: string) => ({ PULUMI_BACKEND_URL: url });
const refusal = (url: string): string => {
  try {
    requireLocalState("/checkout", "qa", of(url));
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

describe("a state on this machine", () => {
  it("is in the checkout by default", () => {
    expect(localState("/checkout", "qa", {})).toEqual({
      folder: "/checkout/.backline/state",
      file: "/checkout/.backline/state/.pulumi/stacks/backline/qa.json",
      previous: "/checkout/.backline/state/.pulumi/stacks/backline/qa.json.bak",
      copies: "/checkout/.backline/state/.pulumi/backups/backline/qa",
      locks: "/checkout/.backline/state/.pulumi/locks/organization/backline/qa",
    });
  });

  it.each([
    ["file:///srv/state", "/srv/state"],
    ["file:///srv/our%20state?no_tmp_dir=true", "/srv/our state"],
    ["file://~/state", `${homedir()}/state`],
    ["file://~", homedir()],
    ["file://./state", "/checkout/state"],
  ])("is where %s says", (url, folder) => {
    expect(localState("/checkout", "qa", of(url))?.folder).toBe(folder);
  });
});

describe("a state elsewhere", () => {
  it("in a bucket is the bucket's to keep", () => {
    expect(localState("/checkout", "qa", of("s3://bucket"))).toBeUndefined();
    expect(refusal("s3://bucket/states?region=eu-central-1&x=secret")).toBe(
      'the state of the stack qa is kept at s3://bucket/states, where Backline makes and restores no backups; turn on versions of objects in that store, and bring an earlier one of .pulumi/stacks/backline/qa.json back with its own tools; eval "$(./backline env qa)" && pulumi stack export --file state.json makes a copy by hand, and pulumi stack import --file state.json brings it back',
    );
  });

  it("in Pulumi Cloud has its versions there", () => {
    expect(refusal("https://api.pulumi.com")).toBe(
      'the state of the stack qa is kept at https://api.pulumi.com, where Backline makes and restores no backups; it keeps every version of a state itself: eval "$(./backline env qa)" && pulumi stack export --version <number> --file state.json, then pulumi stack import --file state.json',
    );
  });

  it("is named without its password", () => {
    expect(refusal("postgres://ada:sesame@db.example.com/pulumi")).toContain(
      "is kept at postgres://db.example.com/pulumi, where",
    );
  });
});
