import { describe, expect, it } from "vitest";
import {
  hostLine,
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

describe("a fault of SSH", () => {
  const script = `refuse() { printf '%s\\\\n' \\"backline: $1\\" >&2; exit 4; }\\n# backline: a comment\\n${"on_host docker ps\\n".repeat(3000)}`;

  it("is what a script on the way to the host says, and not the script", () => {
    const output = [
      `  command:local:Command (host-access):`,
      `    error: exit status 4: running "${script}":`,
      "    \u001b[31mbackline: there is no SSH connection to ops@203.0.113.10:22 (timed out); see whether the host is up\u001b[0m",
      "    error: update failed",
    ].join("\n");
    expect(recogniseFault(output, "qa")).toBe(
      "there is no SSH connection to ops@203.0.113.10:22 (timed out); see whether the host is up",
    );
    expect(withoutScript(output.split("\n")[1] ?? "")).toBe("    error: exit status 4:");
    expect(recogniseFault(output.split("\n")[1] ?? "", "qa")).toBeUndefined();
  });

  it("is no name of a key or a type", () => {
    expect(recogniseFault("backline:host:HardenedHost host\n  backline:proxy: {}", "qa")).toBeUndefined();
  });

  it.each([
    [
      "ops@203.0.113.10: Permission denied (publickey).",
      "the host does not let ops@203.0.113.10 in with this key; add the key to the agent (ssh-add) or name its file in host.identityFile, and see that its .pub line is in host.publicKeys",
    ],
    [
      "No ED25519 host key is known for 203.0.113.10 and you have requested strict checking.\nHost key verification failed.",
      "the host shows a key that host.hostKey does not name; compare it and run: ./backline host trust qa",
    ],
    [
      "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.",
      "the host shows another key than the pinned one; if it was made anew, compare its key and run: ./backline host trust qa; otherwise somebody may be answering in its place",
    ],
    [
      "command-line: line 0: Bad configuration option: knownhostscommand",
      "this machine's ssh is older than OpenSSH 8.5, and takes no pinned key; install a later one",
    ],
    [
      "ssh: Could not resolve hostname host.example.com: Name or service not known",
      "there is no host host.example.com: DNS does not know the name; check host.address",
    ],
    [
      "error during connect: Get http://docker: command [ssh -l ops] has exited with exit status 255: stderr=ssh: connect to host 203.0.113.10 port 22: Connection timed out",
      "no SSH server answers at 203.0.113.10, port 22 (connection timed out); is the host up, are host.address and host.port right, and does host.sshAllow name your address?",
    ],
  ])("%s is told with its mend", (output, sentence) => {
    expect(recogniseFault(output, "qa")).toBe(sentence);
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
