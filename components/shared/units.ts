/**
 * Quantities with their units in the type, so that a bare number is never mistaken for one.
 * `parse*` throw `UnitError` with a sentence that says what to write instead.
 */
export type Memory = `${number}Mi` | `${number}Gi`;
/** A size of what is sent or stored: `"64Ki"`, `"1Mi"`. */
export type Bytes = `${number}Ki` | `${number}Mi` | `${number}Gi`;
export type Duration = `${number}ms` | `${number}s` | `${number}m` | `${number}h` | `${number}d`;
/** Cores: `0.5` is half of one. */
export type Cpu = number;

export class UnitError extends Error {}

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** Mebibytes in a `Memory`, a whole number of at least 1. */
export function parseMemory(value: unknown): number {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string")
    throw new UnitError(`${show(value)} is not an amount of memory; write "512Mi" or "2Gi"`);
  if (/^\d+(\.\d+)?$/.test(text)) {
    const amount = Number(text);
    // Nobody means a container of hundreds of gibibytes.
    const meant = amount >= 64 ? `"${amount}Mi"` : `"${amount}Gi" or "${Math.round(amount * 1024)}Mi"`;
    throw new UnitError(`${show(value)} has no unit; write ${meant}`);
  }
  const match = /^(\d+(?:\.\d+)?)(Mi|Gi)$/.exec(text);
  if (!match) throw new UnitError(`${show(value)} is not an amount of memory; write "512Mi" or "2Gi"`);
  const mebibytes = Number(match[1]) * (match[2] === "Gi" ? 1024 : 1);
  if (!Number.isInteger(mebibytes))
    throw new UnitError(`${show(value)} is not a whole number of MiB; write "${Math.round(mebibytes)}Mi"`);
  if (mebibytes < 6) throw new UnitError(`${show(value)} is less than Docker allows; write "6Mi" or more`);
  return mebibytes;
}

/** `1024` as `"1Gi"`, `1536` as `"1536Mi"`. */
export function formatMemory(mebibytes: number): string {
  return mebibytes !== 0 && mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

const bytesIn = { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 } as const;

/** Bytes in a `Bytes`, a whole number of at least 1024. */
export function parseBytes(value: unknown): number {
  if (typeof value === "number" || (typeof value === "string" && /^\d+(\.\d+)?$/.test(value)))
    throw new UnitError(`${show(value)} has no unit; write "${value}Ki" or "${value}Mi"`);
  const match = typeof value === "string" ? /^(\d+(?:\.\d+)?)(Ki|Mi|Gi)$/.exec(value) : null;
  if (!match) throw new UnitError(`${show(value)} is not a size; write "64Ki", "10Mi" or "1Gi"`);
  const bytes = Number(match[1]) * bytesIn[match[2] as keyof typeof bytesIn];
  if (!Number.isInteger(bytes) || bytes < 1024)
    throw new UnitError(
      `${show(value)} is not a whole number of bytes from 1Ki; write "${Math.max(1, Math.round(bytes / 1024))}Ki"`,
    );
  return bytes;
}

const secondsIn = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Programs count times in nanoseconds, which end at 292 years. */
const longest = 36_500 * secondsIn.d;

/** Seconds in a `Duration`: at most 100 years. */
export function parseDuration(value: unknown): number {
  if (typeof value === "number" || (typeof value === "string" && /^\d+(\.\d+)?$/.test(value)))
    throw new UnitError(`${show(value)} has no unit; write "${value}s" or "${value}m"`);
  const match = typeof value === "string" ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value) : null;
  if (!match)
    throw new UnitError(`${show(value)} is not a duration; write "500ms", "30s", "5m", "8h" or "15d"`);
  const seconds = Number(match[1]) * secondsIn[match[2] as keyof typeof secondsIn];
  if (seconds > longest)
    throw new UnitError(`${show(value)} is longer than 100 years; write "36500d" or less`);
  return seconds;
}

/**
 * Cores as the Docker provider reads them back from a container, `1.0` and not `1`: any other text would be a change
 * at every run. It rounds some values away (0.05 comes back as 0.1), which `parseCpu` therefore refuses.
 */
export function cpuText(cpu: number): string {
  const text = cpu.toFixed(9);
  return text.split("0").length - 1 === 9 ? cpu.toFixed(1) : text.replace(/0+$/, "");
}

/** Cores in a `Cpu`: from 0.1 to 512, in steps of a thousandth. */
export function parseCpu(value: unknown): number {
  if (typeof value !== "number")
    throw new UnitError(`${show(value)} is not a number of cores; write 0.5 for half a core`);
  const cpu = Math.round(value * 1000) / 1000;
  if (!(cpu >= 0.1 && cpu <= 512))
    throw new UnitError(`${show(value)} cores cannot be given; write a number from 0.1 to 512`);
  if (Number(cpuText(cpu)) !== cpu)
    throw new UnitError(
      `${show(value)} cores cannot be kept by the Docker provider; write ${Math.round(cpu * 10) / 10}`,
    );
  return cpu;
}

/** For sentences: `18496` as `"18.1Gi"`. */
export function readableMemory(mebibytes: number): string {
  return mebibytes < 1024 ? `${mebibytes}Mi` : `${Math.round((mebibytes / 1024) * 10) / 10}Gi`;
}
