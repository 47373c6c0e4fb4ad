import { stripVTControlCharacters } from "node:util";

export interface Heartbeat {
  /** Tells what the program wrote last, and whether that was shown. */
  readonly beat: (line: string, shown: boolean) => void;
  readonly stop: () => void;
}

export interface HeartbeatOptions {
  readonly say: (line: string) => void;
  /** Seconds of silence after which a line is shown. Default 8. */
  readonly seconds?: number;
}

/** Shows that work goes on while a program is silent, with the last line that it wrote. */
export function startHeartbeat({ say, seconds = 8 }: HeartbeatOptions): Heartbeat {
  let last = "";
  const timer = setInterval(() => {
    say(last === "" ? "still working" : `still working: ${last}`);
  }, seconds * 1000);
  timer.unref();
  return {
    beat(line, shown) {
      const text = stripVTControlCharacters(line).trim();
      if (text !== "") last = text;
      if (shown) timer.refresh();
    },
    stop: () => clearInterval(timer),
  };
}
