import { describe, expect, it } from "vitest";
import { engineShow } from "../../../scripts/operations/engine-show";

const daemon =
  "Error pinging Docker server, please make sure that unix:///tmp/none.sock is reachable and has a  '_ping' endpoint. Error: Cannot connect to the Docker daemon at unix:///tmp/none.sock. Is the docker daemon running?";

/** An update without a Docker daemon, as the engine told it. */
const update = [
  " +  docker:index:Network network-data creating (0s) ",
  ` +  docker:index:Network network-data **creating failed** error: failed to create Docker client: ${daemon}`,
  " +  backline:network:PrivateNetworks network created ",
  "Diagnostics:",
  "  docker:index:Network (network-data):",
  `    error: failed to create Docker client: ${daemon}`,
  "",
  "  pulumi:pulumi:Stack (backline-dev):",
  "    warning: Pulumi.dev.yaml: host.cpus: the CPU limits add up to 4.85, the host has 4",
  "    error: update failed",
  "",
  "Resources:",
  "    + 11 created",
  "    4 errored",
];

/** What is shown of these lines, one of them from standard error last. */
function shown(lines: readonly string[], explained: boolean, verbose = false): string[] {
  const seen: string[] = [];
  const show = engineShow((line) => seen.push(line), verbose);
  for (const line of lines) show.take("stdout", line);
  show.take("stderr", "error: getting stack configuration: get stack secrets manager: incorrect passphrase");
  show.take("stderr", "  file:///state/lock.json: created by ann@laptop (pid 1)");
  show.end(explained);
  return seen;
}

describe("the engine's lines", () => {
  it("leave reasons to the sentence that says them, and keep warnings and counts", () => {
    expect(shown(update, true)).toEqual([
      " +  docker:index:Network network-data **creating failed**",
      " +  backline:network:PrivateNetworks network created ",
      "    warning: Pulumi.dev.yaml: host.cpus: the CPU limits add up to 4.85, the host has 4",
      "Resources:",
      "    + 11 created",
      "    4 errored",
    ]);
  });

  it("give the reasons where no sentence does, in their order", () => {
    expect(shown(update, false)).toEqual([
      " +  docker:index:Network network-data **creating failed**",
      " +  backline:network:PrivateNetworks network created ",
      ...update.slice(3),
      "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
      "  file:///state/lock.json: created by ann@laptop (pid 1)",
    ]);
  });

  it("come word for word with --verbose, as they are written", () => {
    const seen: string[] = [];
    const show = engineShow((line) => seen.push(line), true);
    for (const line of update) expect(show.take("stdout", line)).toBe(true);
    expect(seen).toEqual(update);
    show.end(true);
    expect(seen).toEqual(update);
  });

  it("come at once until the engine says what went wrong", () => {
    const seen: string[] = [];
    const show = engineShow((line) => seen.push(line), false);
    expect([
      show.take("stdout", " +  docker:index:Network edge created "),
      show.take("stderr", "error: no stack named 'dev' found"),
      show.take("stdout", " +  docker:index:Network data created "),
    ]).toEqual([true, false, true]);
    expect(seen).toEqual([
      " +  docker:index:Network edge created ",
      " +  docker:index:Network data created ",
    ]);
  });
});
