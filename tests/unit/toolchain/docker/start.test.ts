import { describe, expect, it } from "vitest";
import { daemonArguments } from "../../../../toolchain/docker/start";

describe("daemonArguments", () => {
  it("lets containers outlive the daemon, unless its own configuration decides that", () => {
    expect(daemonArguments("{}")).toEqual(["--live-restore"]);
    expect(daemonArguments('{ "live-restore": false }')).toEqual([]);
  });
});
