import { z } from "zod";
import { registryHost } from "../../components/images/plan";
import { parseBytes, parseCpu, parseDuration, parseMemory, UnitError } from "../../components/shared/units";
import type { ProblemCode } from "./codes";

/** A zod type from a parser that throws `UnitError`: the sentence becomes the issue's message. */
function parsed<T>(parse: (value: unknown) => T) {
  return z.unknown().transform((value, context): T => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
      context.addIssue({ code: "custom", message: error.message, params: { code: "unit" } });
      return z.NEVER;
    }
  });
}

/** A zod type whose values a test accepts, or says in a sentence what is wrong. */
export function checked<T>(type: z.ZodType<T>, code: ProblemCode, test: (value: T) => string | undefined) {
  return type.superRefine((value, context) => {
    const message = test(value);
    if (message !== undefined) context.addIssue({ code: "custom", message, params: { code } });
  });
}

/** Mebibytes, written `"512Mi"` or `"2Gi"`. */
export const memory = () => parsed(parseMemory);
/** Cores, written `0.5`. */
export const cpu = () => parsed(parseCpu);
/** Seconds, written `"500ms"`, `"30s"`, `"5m"`, `"8h"` or `"15d"`. */
export const duration = () => parsed(parseDuration);

/** A time that is not nothing, which programs would take for their own default or for no limit. */
export const timeout = () =>
  checked(duration(), "unit", (seconds) =>
    seconds >= 0.001
      ? undefined
      : `"${seconds}s" is no time; write "1s" or another that is longer than nothing`,
  );

/** A time for which somebody waits: timers take longer ones for none at all. */
export const wait = (hours: number, time: z.ZodType<number> = duration()) =>
  checked(time, "unit", (seconds) =>
    seconds <= hours * 3_600
      ? undefined
      : `"${seconds}s" is longer than ${hours} hours; write "${hours}h" or less`,
  );

/** Bytes, written `"64Ki"`, `"10Mi"` or `"1Gi"`. */
export const bytes = () => parsed(parseBytes);

/** A word that may become part of a file or a command's output: no blanks, quotes or control characters. */
export const plainText = () =>
  checked(z.string(), "format", (value) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(value)
      ? undefined
      : `${JSON.stringify(value)} has other characters than letters, digits, ".", "_" and "-"; write it without them`,
  );

export const port = () =>
  checked(z.number(), "port", (value) =>
    Number.isInteger(value) && value >= 1 && value <= 65_535
      ? undefined
      : `${value} is not a port; write a whole number from 1 to 65535`,
  );

export const count = (least: number, most: number) =>
  checked(z.number(), "count", (value) =>
    Number.isInteger(value) && value >= least && value <= most
      ? undefined
      : `${value} is out of range; write a whole number from ${least} to ${most}`,
  );

export interface NameRules {
  /** Whether labels may begin with an underscore, as in `_dmarc.example.com`. Default false. */
  readonly underscore?: boolean;
  /** Whether the first label may be `*`. Default false. */
  readonly wildcard?: boolean;
}

/** What is wrong with a domain name, or undefined. */
export function domainFault(value: string, rules: NameRules = {}): string | undefined {
  const shown = JSON.stringify(value);
  const none = `${shown} is not a domain name; labels have letters, digits and inner hyphens, joined by single dots`;
  if (!/^[\w.:/*-]*$/.test(value)) return none;
  // A name that would be refused next is no mend.
  const name = nameIn(value);
  const mend = name === value || domainFault(name, rules) !== undefined ? "" : `"${name}"`;
  const alone = `write the name alone${mend === "" ? "" : `: ${mend}`}`;
  if (/^[a-z]+:\/\//i.test(value)) return `${shown} has a scheme; ${alone}`;
  if (value.includes("/")) return `${shown} has a path; ${alone}`;
  if (value.includes(":")) return `${shown} has a port; write the name alone and set proxy.httpsPort`;
  if (value !== value.toLowerCase())
    return `${shown} has capital letters; write ${mend || "it in small ones"}`;
  if (value.endsWith(".")) return `${shown} ends with a dot; write ${mend || "it without one"}`;
  const host = rules.wildcard ? value.replace(/^\*\./, "") : value;
  const plain = rules.underscore ? host.replace(/(^|\.)_/g, "$1") : host;
  if (plain.includes("_"))
    return `${shown} has an underscore, which host names cannot have; write "-" instead`;
  const names = plain.split(".");
  const long = names.find((name) => name.length > 63);
  if (long !== undefined) return `${shown} has a label of ${long.length} characters; a label has at most 63`;
  if (value.length > 253) return `${shown} has ${value.length} characters; a domain name has at most 253`;
  if (names.length < 2 && /^([a-z0-9][a-z0-9-]*)?$/.test(plain))
    return `${shown} has a single label; write a full name such as "${value || "example"}.com"`;
  if (!names.every((name) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name))) return none;
  if (/^\d+$/.test(names.at(-1) ?? "")) return `${shown} is an address; write a domain name`;
  return undefined;
}

/** The name in what somebody wrote: without scheme, port, path and final dot, in small letters. */
const nameIn = (value: string): string =>
  value
    .replace(/^[a-z]+:\/\//i, "")
    .replace(/[/:].*$/, "")
    .replace(/\.+$/, "")
    .toLowerCase();

export const domain = () => checked(z.string(), "domain", domainFault);

/** Empty is what Pulumi.yaml gives who names none. */
export const domainOrNone = () =>
  checked(z.string(), "domain", (value) => (value === "" ? undefined : domainFault(value)));

/** An IP address or host name over which the host is reached by SSH. */
export const address = () =>
  checked(z.string(), "address", (value) =>
    /^(\d{1,3}\.){3}\d{1,3}$/.test(value)
      ? value.split(".").every((part) => Number(part) <= 255)
        ? undefined
        : `${JSON.stringify(value)} is not an IPv4 address; each part is at most 255`
      : /^[0-9a-f:]+:[0-9a-f:]*$/i.test(value)
        ? undefined
        : domainFault(value),
  );

/** A POSIX user name. */
export const userName = () =>
  checked(z.string(), "name", (value) =>
    /^[a-z_][a-z0-9_-]{0,31}$/.test(value)
      ? undefined
      : `${JSON.stringify(value)} is not a user name; write lower-case letters, digits, "-" and "_", at most 32`,
  );

/** A registry or mirror prefix: `registry.example.com:5000/mirror`. */
export const registry = () =>
  checked(z.string(), "registry", (value) =>
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/.test(value)
      ? undefined
      : `${JSON.stringify(value)} is not a registry prefix; write "mirror.example.com" or "mirror.example.com:5000/path", without a scheme or a final "/"`,
  );

/** Where images are pushed to: a registry's host and a path. */
export const repository = () =>
  checked(registry(), "registry", (value) =>
    registryHost(value) === undefined
      ? `${JSON.stringify(value)} does not begin with a registry's host; write "registry.example.com/team", or "docker.io/team" for Docker Hub`
      : undefined,
  );

/** A registry by its host alone. */
export const registryAddress = () =>
  checked(registry(), "registry", (value) =>
    registryHost(value) === value
      ? undefined
      : `${JSON.stringify(value)} is not a registry's host; write "registry.example.com", or "docker.io" for Docker Hub`,
  );

/** An image by name and version: a tag other than `latest`, or a digest. */
export function imageFault(value: string): string | undefined {
  const shown = JSON.stringify(value);
  const match = /^([a-z0-9][a-z0-9._:/-]*?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(value);
  if (!match)
    return `${shown} is not an image reference; write "repository:version" or "repository@sha256:..."`;
  const [, repository, tag, digest] = match;
  if (tag === undefined && digest === undefined)
    return `${shown} has no version; write "${repository}:<version>" or a digest`;
  if (tag === "latest" && digest === undefined)
    return `${shown} says latest, which changes by itself; write a version or a digest`;
  return undefined;
}

export const image = () => checked(z.string(), "image-version", imageFault);

/** An image of a release: that of a bundled service, whose version is the hash of its content, or another by version. */
export const releasedImage = () =>
  checked(z.string(), "release", (value) =>
    imageFault(value) === undefined
      ? undefined
      : `${JSON.stringify(value)} is no image that a release can have; let ./backline rollback write release`,
  );
