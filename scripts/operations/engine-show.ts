import { stripVTControlCharacters } from "node:util";
import { hostLine, isWorthShowing, withoutReason, withoutScript } from "./engine-lines";

export interface EngineShow {
  /** Takes the next line of one of the engine's outputs; answers whether it was shown. */
  readonly take: (from: "stdout" | "stderr", line: string) => boolean;
  /** Shows what was held back; where a sentence says it all, the warnings alone. */
  readonly end: (explained: boolean) => void;
}

/** Where the engine says why something failed: until the next line that begins at the margin. */
const reasons = /^(?:Diagnostics:|error: )/;
const heading = /^\S/;

/**
 * Decides which of the engine's lines users see. From where it says what went wrong, which is at its end, lines are held
 * back until it has ended: then it is known whether one sentence says the same. With `verbose` all are shown as they come.
 */
export function engineShow(show: (line: string) => void, verbose: boolean): EngineShow {
  const held: { readonly line: string; readonly isReason: boolean }[] = [];
  /** Undefined: it has not come to the reasons. */
  const isReason: { stdout?: boolean; stderr?: boolean } = {};
  return {
    take: (from, line) => {
      if (verbose) {
        show(line);
        return true;
      }
      const plain = stripVTControlCharacters(line);
      if (reasons.test(plain)) isReason[from] = true;
      else if (isReason[from] !== undefined && heading.test(plain)) isReason[from] = false;
      const ofHost = hostLine(plain);
      if (ofHost === undefined && !isWorthShowing(plain)) return false;
      const text = ofHost ?? withoutReason(withoutScript(line));
      if (isReason[from] === undefined) show(text);
      else held.push({ line: text, isReason: isReason[from] });
      return isReason[from] === undefined;
    },
    end: (explained) => {
      const isWarning = (line: string): boolean => /^\s*warning: /.test(stripVTControlCharacters(line));
      for (const { line, isReason: why } of held) if (!explained || !why || isWarning(line)) show(line);
      held.length = 0;
    },
  };
}
