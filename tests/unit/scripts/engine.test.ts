import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EngineFailure, type EngineOptions, runPulumi } from "../../../scripts/operations/engine";
import { root } from "../../support/backline";
import { type FakePrograms, fakePrograms } from "../../support/fake-programs";
import { fakeSession } from "../../support/released-stack";

const wrong = "error: getting stack configuration: get stack secrets manager: incorrect passphrase";
const sentence =
  "the passphrase does not fit the stack qa; put the right one into .backline/passphrases/qa or set PULUMI_CONFIG_PASSPHRASE_FILE";

let programs: FakePrograms;
beforeEach(() => {
  programs = fakePrograms();
});
afterEach(() => programs.remove());

/** A run of an engine that writes this to standard error and fails: its failure and what was shown. */
async function failing(
  text: string,
  options: EngineOptions = {},
): Promise<{ failure: EngineFailure; shown: string[] }> {
  programs.add("pulumi", `printf '%s\\n' "${text}" >&2; exit 255`);
  const shown: string[] = [];
  const show = "show" in options ? { show: (line: string) => shown.push(line) } : {};
  const failure: unknown = await runPulumi(fakeSession({ root: "/", stack: "qa" }), ["up"], {
    ...options,
    ...show,
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof EngineFailure)) throw new Error(`it did not fail: ${String(failure)}`);
  return { failure, shown };
}

const visible = { show: () => {} };

describe("an engine that fails", () => {
  it("with a known fault says one sentence, and keeps its words for --verbose", async () => {
    const { failure, shown } = await failing(wrong, visible);
    expect(failure.message).toBe(sentence);
    expect(failure.raw).toContain(wrong);
    expect(shown).toEqual([]);
  });

  it("with --verbose shows its words as they come, and not again at the end", async () => {
    const { failure, shown } = await failing(wrong, { ...visible, verbose: true });
    expect(failure.message).toBe(sentence);
    expect(failure.raw).toBeUndefined();
    expect(shown).toEqual([wrong]);
  });

  it("with something new shows what it said, and names --verbose", async () => {
    const { failure, shown } = await failing("error: something new", visible);
    expect(failure.message).toBe("pulumi up failed, as the lines above say; --verbose shows more");
    expect(shown).toEqual(["error: something new"]);
  });

  it("unseen gives its last lines with the message, and all of them for --verbose", async () => {
    const { failure } = await failing("error: something new");
    expect(failure.message).toBe("pulumi up failed: error: something new");
    expect(failure.raw).toContain("error: something new");
  });
});

describe("the program in one file", () => {
  /** Whether a run of the engine is given it. */
  const isGiven = async (command: string): Promise<boolean> => {
    programs.add("pulumi", "printenv BACKLINE_PROGRAM || echo none");
    const printed = await runPulumi(fakeSession({ root, stack: "qa" }), [command]);
    return printed.trim() !== "none";
  };

  it.each(["up", "preview"])("is given to %s", async (command) => {
    expect(await isGiven(command)).toBe(true);
  });

  it.each(["refresh", "destroy", "stack", "config"])(
    "is not given to %s, which runs none",
    async (command) => {
      expect(await isGiven(command)).toBe(false);
    },
  );
});

it.each([
  ["late", {}, "300"],
  ["as the user says", { GOGC: "50" }, "50"],
])("garbage is collected %s", async (_, user: Readonly<Record<string, string>>, given) => {
  programs.add("pulumi", 'printf %s "$GOGC"');
  const session = fakeSession({ root: "/", stack: "qa" });
  const { GOGC: _own, ...environment } = session.environment;
  expect(await runPulumi({ ...session, environment: { ...environment, ...user } }, ["stack"])).toBe(given);
});
