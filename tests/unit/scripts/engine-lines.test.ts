import { describe, expect, it } from "vitest";
import {
  hostLine,
  isStackFrame,
  isWorthShowing,
  withoutReason,
  withoutScript,
} from "../../../scripts/operations/engine-lines";

describe("lines of the engine", () => {
  it.each([
    " +  docker:index:Container api-0 created (1s) ",
    " ++ docker:index:Container api-0 created replacement (1s) [diff: ~image]",
    " -- docker:index:Container api-0 deleted original (1s)",
    " ~  docker:index:Container api-0 updated (1s)",
    " +  pulumi:pulumi:Stack backline-dev created (29s) 3 warnings",
    "    warning: Pulumi.dev.yaml: host.cpus: over",
    "    75 unchanged",
    " +  docker:index:Container api-0 create ",
    "Resources:",
  ])("that say what happened are shown: %s", (line) => {
    expect(isWorthShowing(line)).toBe(true);
  });

  it.each([
    " +  docker:index:Container api-0 creating (0s) ",
    " +  command:local:Command proxy-config creating (1s) SUCCESS: 9 rules found",
    " -  docker:index:Container api-0 deleting (0s) ",
    " +- docker:index:Container api-0 replacing (0s) [diff: ~image]",
    " +- docker:index:Container api-0 replaced (0.00s) [diff: ~image]",
    "    docker:index:Container redis  ",
    "    pulumi:pulumi:Stack backline-dev running ",
    " +  pulumi:pulumi:Stack backline-dev create warning: Pulumi.dev.yaml: host.cpus: over",
    "    at Object.<anonymous> (/project/stacks/index.ts:12:3)",
    "    at async main (file:///project/stacks/index.ts:12:3)",
    "The resources in the stack have been deleted, but the history remains",
  ])("that repeat others or only pass the time are not: %s", (line) => {
    expect(isWorthShowing(line)).toBe(false);
  });

  it("of a stack trace are told apart from sentences", () => {
    expect(isStackFrame("    at node:internal/modules/run_main:123:5")).toBe(true);
    expect(isStackFrame("    at least one container is unhealthy: see line 12:3")).toBe(false);
  });
});

describe("hostLine", () => {
  it("says which step of the host is being applied", () => {
    expect(
      hostLine(
        " +  command:local:Command host-system creating (3s) packages: Installs what the others need.",
      ),
    ).toBe("    host-system: packages: Installs what the others need.");
    expect(
      hostLine(" ~  command:local:Command host-access updating (1s) [diff: ~stdin]; fail2ban: Shuts out."),
    ).toBe("    host-access: fail2ban: Shuts out.");
  });

  it("leaves the last line that was seen out of a command's end", () => {
    expect(hostLine(" +  command:local:Command host-docker created (0.68s) image-cleanup: done")).toBe(
      " +  command:local:Command host-docker created (0.68s)",
    );
  });

  it.each([
    " +  command:local:Command host-system creating (3s) packages: done",
    " +  command:local:Command host-system creating (3s) Setting up fail2ban (1.0.2-2) ...",
    " +  command:local:Command host-system creating (0s) ",
    " +  command:local:Command proxy-config created (1s) SUCCESS",
  ])("leaves the rest alone: %s", (line) => {
    expect(hostLine(line)).toBeUndefined();
  });
});

describe("withoutScript", () => {
  it("leaves out the page of shell that a failed command is quoted with", () => {
    const script = `set -eu\\ndocker run \\"$name\\" ${"x".repeat(100)}`;
    expect(withoutScript(`    error: exit status 1: running "${script}":`)).toBe("    error: exit status 1:");
  });

  it("keeps a short command", () => {
    expect(withoutScript('    error: exit status 1: running "sh -s":')).toBe(
      '    error: exit status 1: running "sh -s":',
    );
  });
});

describe("withoutReason", () => {
  it("leaves out why a resource failed, which is said again at the end", () => {
    expect(withoutReason(" +  docker:index:Container proxy **creating failed** error: port taken")).toBe(
      " +  docker:index:Container proxy **creating failed**",
    );
    expect(withoutReason(" +  docker:index:Container proxy created (1s) ")).toBe(
      " +  docker:index:Container proxy created (1s) ",
    );
  });

  it("ends the colour that was begun", () => {
    const red = "\u001b[31m";
    expect(withoutReason(` +  proxy ${red}**creating failed**\u001b[0m error: port taken`)).toBe(
      ` +  proxy ${red}**creating failed**\u001b[0m`,
    );
  });
});
