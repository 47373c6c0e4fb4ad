import type { NumberedClient } from "../../support/load/numbered-client";
import type { Load } from "./load";
import { outcomes } from "./load";

interface Times {
  readonly began: number;
  readonly ended: number;
  readonly recovered: number;
}

/** What a fault did to the load, for reading: counts and the longest wait of each outcome. */
export function summary(
  load: Load,
  clients: readonly NumberedClient[],
  { began, ended, recovered }: Times,
): string {
  const during = load.exchanges.filter(({ sent, answered }) => sent >= began && answered <= ended);
  const lines = Object.entries(outcomes(during, began, ended)).flatMap(([route, counts]) =>
    Object.entries(counts).map(([outcome, count]) => {
      const waits = during
        .filter((exchange) => exchange.route === route && exchange.outcome === outcome)
        .map(({ sent, answered }) => answered - sent)
        .sort((a, b) => a - b);
      const at = (share: number) => waits[Math.floor((waits.length - 1) * share)] ?? 0;
      return `  ${route}: ${count} x ${outcome}, ${at(0.5)} ms in the median, ${at(1)} ms at most`;
    }),
  );
  const trouble: Record<string, number> = {};
  for (const client of clients)
    for (const [what, count] of Object.entries(client.trouble)) trouble[what] = (trouble[what] ?? 0) + count;
  return [
    `${load.exchanges.length} requests, ${load.mostOpen} open at once, recovered after ${recovered - ended} ms`,
    ...lines,
    `  sockets: ${clients.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0)} messages, ${JSON.stringify(trouble)}`,
    "",
  ].join("\n");
}
