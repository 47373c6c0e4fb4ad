import { z } from "zod";
import { ask, run } from "../docker/run";
import { checkoutLabel, resourceName, sandboxLabel } from "./names";

/** A sandbox as Docker knows it. */
export interface FoundSandbox {
  readonly name: string;
  /** Docker's word: `running`, `exited`, `created`. */
  readonly state: string;
  /** On its own network; undefined unless it runs. */
  readonly address?: string;
  /** This machine's address there, which the sandbox sees it at. */
  readonly gateway?: string;
  /** The checkout that keeps its key. */
  readonly checkout: string;
}

const inspected = z.array(
  z.object({
    Config: z.object({ Labels: z.record(z.string(), z.string()) }),
    State: z.object({ Status: z.string() }),
    NetworkSettings: z.object({
      Networks: z.record(z.string(), z.object({ IPAddress: z.string(), Gateway: z.string().default("") })),
    }),
  }),
);

/** From the JSON of `docker container inspect`, by name. */
export function parseSandboxes(json: string): FoundSandbox[] {
  return inspected
    .parse(JSON.parse(json))
    .map(({ Config: { Labels: labels }, State: state, NetworkSettings: { Networks: networks } }) => {
      const name = labels[sandboxLabel] ?? "";
      const { IPAddress: address = "", Gateway: gateway = "" } = networks[resourceName(name)] ?? {};
      return {
        name,
        state: state.Status,
        ...(address === "" ? {} : { address }),
        ...(gateway === "" ? {} : { gateway }),
        checkout: labels[checkoutLabel] ?? "",
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every sandbox on this machine's Docker, whichever checkout started it. */
export async function listSandboxes(): Promise<FoundSandbox[]> {
  const ids = await labelled(["container", "ls", "--all"], sandboxLabel);
  if (ids.length === 0) return [];
  // One that was removed meanwhile fails the command, and the others are printed all the same.
  const { stdout } = await ask(["docker", "container", "inspect", ...ids], 30);
  return parseSandboxes(stdout === "" ? "[]" : stdout);
}

export async function findSandbox(name: string): Promise<FoundSandbox | undefined> {
  return (await listSandboxes()).find((sandbox) => sandbox.name === name);
}

/** Ids, or names of volumes, of what carries a label: `backline.sandbox=demo`. */
export async function labelled(listing: readonly string[], label: string): Promise<string[]> {
  const command = ["docker", ...listing, "--quiet", "--filter", `label=${label}`];
  const text = await run(command, { what: "Looking for sandboxes in Docker", timeoutSeconds: 60 });
  return [...new Set(text.split(/\s+/).filter((word) => word !== ""))];
}
