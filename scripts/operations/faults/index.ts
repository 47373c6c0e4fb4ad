import { stripVTControlCharacters } from "node:util";
import { withoutScript } from "../engine-lines";
import { dockerFaults } from "./docker";
import { engineFaults } from "./engine";
import type { Fault } from "./fault";
import { machineFaults } from "./machine";
import { sshFaults } from "./ssh";
import { vendorFaults } from "./vendors";

/** Every known fault by whose words are recognised. What is more exact comes first: Docker fails where SSH does. */
export const faults: Readonly<Record<string, readonly Fault[]>> = {
  "The host, over SSH": sshFaults,
  "Pulumi, the state and its secrets": engineFaults,
  Docker: dockerFaults,
  "Cloudflare and Vercel": vendorFaults,
  "This machine and its network": machineFaults,
};

/** The sentence for the first known fault in the output, or undefined. */
export function recogniseFault(output: string, stack: string): string | undefined {
  const text = stripVTControlCharacters(output).split("\n").map(withoutScript).join("\n");
  for (const { pattern, say } of Object.values(faults).flat()) {
    const match = pattern.exec(text);
    if (match) return say(match, stack);
  }
  return undefined;
}
