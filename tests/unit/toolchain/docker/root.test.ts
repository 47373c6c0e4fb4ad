import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rootAccess } from "../../../../toolchain/docker/root";
import { type FakePrograms, fakePrograms } from "../../../support/fake-programs";

describe("rootAccess", () => {
  let programs: FakePrograms;
  beforeEach(() => {
    programs = fakePrograms();
    vi.spyOn(process, "getuid").mockReturnValue(1000);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    programs.remove();
  });

  it("is there for root itself", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(0);
    expect(await rootAccess()).toBe("yes");
  });

  it.each([
    ["exit 0", "yes"],
    ["echo 'sudo: a password is required' >&2; exit 1", "asks"],
    ["echo 'sudo: a terminal is required to read the password' >&2; exit 1", "asks"],
    ["echo 'ada is not in the sudoers file.' >&2; exit 1", "no"],
    [`echo 'sudo: The "no new privileges" flag is set' >&2; exit 1`, "no"],
  ])("is what sudo says: %s", async (script, access) => {
    programs.add("sudo", script);
    expect(await rootAccess()).toBe(access);
  });
});
