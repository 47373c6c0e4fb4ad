import { basename } from "node:path";
import type { Fault } from "./fault";

const passphraseAt = (stack: string): string => `.backline/passphrases/${stack}`;

/** What Pulumi's engine says of a stack, its state, its secrets and its plugins. */
export const engineFaults: readonly Fault[] = [
  {
    pattern:
      /the stack is currently locked by \d+ lock[^\n]*(?:\n\s+\S+ created by (\S+) \(pid (\d+)\) at (\S+))?/,
    say: ([, who, pid, since], stack) =>
      `another process works on the stack ${stack}${who === undefined ? "" : `: ${who}, process ${pid}, since ${since}`}; wait for it, or if it is gone run: pulumi cancel ${stack}`,
    example:
      "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end\n  file:///project/.backline/state/...: created by ann@laptop (pid 4711) at 2026-05-01T12:00:00Z",
  },
  {
    pattern: /Another update is currently in progress/i,
    say: (_match, stack) =>
      `another update of the stack ${stack} runs, as Pulumi's service says; wait for it, or if it is gone run: pulumi cancel ${stack}`,
    example: "[409] Conflict: Another update is currently in progress.",
  },
  {
    pattern: /incorrect passphrase/i,
    say: (_match, stack) =>
      `the passphrase does not fit the stack ${stack}; put the right one into ${passphraseAt(stack)} or set PULUMI_CONFIG_PASSPHRASE_FILE`,
    example: "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
  },
  {
    pattern: /(?:unable to read|no such file).*(?:PASSPHRASE_FILE|passphrases\/)|passphrase must be set/i,
    say: (_match, stack) =>
      `the passphrase of the stack ${stack} is not on this machine; put it into ${passphraseAt(stack)} (mode 0600) or set PULUMI_CONFIG_PASSPHRASE_FILE`,
    example:
      "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  },
  {
    pattern: /no stack named '?([^'\s]+)/,
    say: (_match, stack) => `the stack ${stack} does not exist yet; run: ./backline init ${stack}`,
    example: "error: no stack named 'dev' found",
  },
  {
    pattern: /PULUMI_ACCESS_TOKEN must be set/,
    say: () =>
      "the state is kept at Pulumi's service, which wants a token; set PULUMI_ACCESS_TOKEN, or unset PULUMI_BACKEND_URL to keep it on this machine",
    example: "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
  },
  {
    pattern: /no resource plugin '([^']+)' found/,
    say: ([, plugin]) =>
      `Pulumi's plugin ${plugin} is not on this machine any more; delete .backline/toolchain.json and run the command again, which gets it`,
    example:
      "no resource plugin 'pulumi-resource-docker' found in the workspace at version v5.2.0 or on your $PATH",
  },
  {
    pattern: /plugin \[([^\]]+)\] did not (?:come alive|begin responding)/,
    say: ([, plugin]) =>
      `Pulumi's plugin ${basename(plugin ?? "")} did not answer within the 10 s that Pulumi gives it, because this machine is too busy or short of memory; end what else runs on it (./backline doctor shows its memory) and run the command again`,
    example:
      "error: docker (resource) plugin [/home/ann/.pulumi/plugins/resource-docker-v5.2.0/pulumi-resource-docker] did not come alive: failed to handshake",
  },
  {
    pattern: /snapshot integrity failure|unexpected end of JSON|failed to (?:load|unmarshal) checkpoint/i,
    say: (_match, stack) =>
      `the state of the stack ${stack} is damaged; bring its last good copy back: ./backline state restore ${stack}`,
    example: "error: snapshot integrity failure; it was already written, but is invalid",
  },
];
