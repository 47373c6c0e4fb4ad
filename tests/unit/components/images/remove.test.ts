import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { removeScript } from "../../../../components/images/remove";
import { type FakePrograms, fakePrograms } from "../../../support/fake-programs";

let programs: FakePrograms;
beforeEach(() => {
  programs = fakePrograms();
});
afterEach(() => programs.remove());

it("the images of a stack go with it, each once", async () => {
  programs.add(
    "docker",
    `case "$*" in
      "image ls --quiet --filter label=backline.stack=staging") printf '%s\\n' b a b ;;
      "image rm --force a b") ;;
      *) exit 1 ;;
    esac`,
  );
  expect(await execa("sh", ["-euc", removeScript("staging")])).toMatchObject({ stdout: "", stderr: "" });
  expect(programs.calls("docker")).toEqual(["label=backline.stack=staging", "b"]);
});

it("images are no matter where there is no Docker", async () => {
  const { exitCode } = await execa("/bin/sh", ["-euc", removeScript("staging")], {
    env: { PATH: "/nowhere" },
    extendEnv: false,
    reject: false,
  });
  expect(exitCode).toBe(0);
});
