import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startHeartbeat } from "../../../scripts/operations/heartbeat";

describe("a heartbeat", () => {
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const start = () => startHeartbeat({ say: (line) => said.push(line), seconds: 8 });

  it("breaks the silence with the last line that was written, without its colours", () => {
    const heartbeat = start();
    vi.advanceTimersByTime(8_000);
    heartbeat.beat("\u001b[32m + api-0 creating\u001b[0m  ", false);
    heartbeat.beat("  ", false);
    vi.advanceTimersByTime(8_000);
    heartbeat.stop();
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual(["still working", "still working: + api-0 creating"]);
  });

  it("waits anew after each line that was shown, and only then", () => {
    const heartbeat = start();
    vi.advanceTimersByTime(6_000);
    heartbeat.beat("shown", true);
    vi.advanceTimersByTime(6_000);
    expect(said).toEqual([]);
    heartbeat.beat("hidden", false);
    vi.advanceTimersByTime(2_000);
    heartbeat.stop();
    expect(said).toEqual(["still working: hidden"]);
  });
});
