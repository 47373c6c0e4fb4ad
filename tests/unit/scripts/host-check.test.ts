import { describe, expect, it } from "vitest";
import {
  drifting,
  groupStates,
  parseCheck,
  renderCheck,
  summarise,
} from "../../../scripts/operations/host-check";

const printed = [
  "ok: packages",
  "left out: swap, a container shares the kernel with others",
  "drift: fail2ban",
  "  fail2ban.service does not run",
  "  fail2ban does not watch the SSH server",
].join("\n");

const plan = [
  { name: "system", steps: ["packages", "swap"] },
  { name: "access", steps: ["fail2ban"] },
];
const groups = groupStates(plan, parseCheck(printed));

describe("host check", () => {
  it("reads what the host says of each step", () => {
    expect(parseCheck(printed)).toEqual([
      { name: "packages", state: "ok", details: [] },
      { name: "swap", state: "left-out", details: ["a container shares the kernel with others"] },
      {
        name: "fail2ban",
        state: "drift",
        details: ["fail2ban.service does not run", "fail2ban does not watch the SSH server"],
      },
    ]);
  });

  it("refuses to be content with half an answer", () => {
    expect(() => groupStates(plan, parseCheck("ok: packages\nok: swap"))).toThrow(
      "the check of the host ended before the step fail2ban; run the command again",
    );
  });

  it("prints each step in its group, and below it what differs", () => {
    expect(renderCheck(groups)).toBe(
      [
        "system",
        "  ok        packages",
        "  left out  swap",
        "access (who may connect)",
        "  drift     fail2ban",
        "              fail2ban.service does not run",
        "              fail2ban does not watch the SSH server",
        "",
      ].join("\n"),
    );
  });

  it("says last how many steps differ and what mends them", () => {
    expect(drifting(groups).map(({ name }) => name)).toEqual(["fail2ban"]);
    expect(summarise("qa", groups)).toEqual({
      drift: 1,
      summary: "1 of 2 steps differs (1 left out); ./backline host apply qa puts it right",
    });
    const both = parseCheck("drift: a\ndrift: b\nok: c");
    expect(summarise("qa", [{ name: "system", steps: both }]).summary).toBe(
      "2 of 3 steps differ; ./backline host apply qa puts them right",
    );
    expect(summarise("qa", [{ name: "system", steps: parseCheck("ok: a") }])).toEqual({
      drift: 0,
      summary: "All 1 steps are as they should be.",
    });
  });
});
