import { describe, expect, it } from "vitest";
import {
  isStackFrame,
  isWorthShowing,
  recogniseFault,
  withoutScript,
} from "../../../scripts/operations/faults";

describe("a fault in the output", () => {
  it.each([
    [
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es)",
      "another process works on the stack dev, as the lines above say; wait for it, or if it is gone run: pulumi cancel dev",
    ],
    [
      "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
      "the passphrase does not fit the stack dev; put the right one into .backline/passphrases/dev or set PULUMI_CONFIG_PASSPHRASE_FILE",
    ],
    ["error: no stack named 'dev' found", "the stack dev does not exist yet; run: ./backline init dev"],
    [
      "driver failed programming external connectivity on endpoint dev-proxy-1 (b1): Bind for 0.0.0.0:8443 failed: port is already allocated",
      "port 8443 on the host is taken by another program; end it, or write another port under backline:proxy (./backline doctor says who holds it)",
    ],
    [
      "Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use",
      "port 8080 on the host is taken by another program; end it, or write another port under backline:proxy (./backline doctor says who holds it)",
    ],
    [
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      "Docker does not answer; start it (./backline doctor says what is wrong) and run the command again",
    ],
    [
      "Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
      'this user may not use Docker; run "sudo usermod -aG docker $USER", log in again and run the command again',
    ],
    [
      "write /var/lib/docker/tmp/x: no space left on device",
      "the disk is full; free some space (docker system df shows what images use) and run the command again",
    ],
    [
      "Error response from daemon: manifest unknown: manifest unknown",
      "an image cannot be pulled (manifest unknown: manifest unknown); check images in the stack's file, or use --toolchain registry",
    ],
  ])("%s is told with its mend", (output, sentence) => {
    expect(recogniseFault(`some line\n${output}\nanother line`, "dev")).toBe(sentence);
  });

  it("that is not known is left to the output", () => {
    expect(recogniseFault("error: something new", "dev")).toBeUndefined();
  });
});

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
