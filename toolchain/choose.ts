import { isOlder } from "./go-build";
import { versions } from "./versions";

/**
 * Where a part comes from. `official`: from its makers' own sites. `registry`: built from package registries, for
 * networks that reach nothing else.
 */
export type Way = "official" | "registry";

export const ways: readonly Way[] = ["official", "registry"];

export interface Choice {
  readonly way: Way;
  /** Why, as half a sentence for people. */
  readonly reason: string;
}

/** A `pulumi` program that the user has installed. */
export interface OwnEngine {
  readonly path: string;
  /** Such as `3.259.0`. */
  readonly version: string;
  /** Whether its home holds every plugin that the previews and updates of a stack load. */
  readonly hasPlugins: boolean;
}

export interface EngineFacts {
  /** What `--toolchain` says. Default: Backline chooses. */
  readonly forced?: Way | undefined;
  readonly own: OwnEngine | undefined;
  /** Whether Pulumi's download site answers; asked only where the choice depends on it. */
  readonly probe: () => Promise<boolean>;
}

/** Whether the user's own engine is new enough for the SDK that the programs use. */
export const isUsable = (own: OwnEngine): boolean => !isOlder(own.version, versions.pulumi);

export async function chooseEngine({ forced, own, probe }: EngineFacts): Promise<Choice> {
  if (forced !== undefined) return { way: forced, reason: `--toolchain ${forced}` };
  const usable = own !== undefined && isUsable(own);
  if (usable && own.hasPlugins)
    return { way: "official", reason: `pulumi ${own.version} and its plugins are installed` };
  if (await probe())
    return {
      way: "official",
      reason: usable ? `pulumi ${own.version} is installed` : "Pulumi's download site answers",
    };
  return { way: "registry", reason: "Pulumi's download site cannot be reached" };
}

export interface ImageFacts {
  readonly forced?: Way | undefined;
  /** Host name of the container registry. */
  readonly registry: string;
  readonly probe: () => Promise<boolean>;
}

export async function chooseImages({ forced, registry, probe }: ImageFacts): Promise<Choice> {
  if (forced !== undefined) return { way: forced, reason: `--toolchain ${forced}` };
  return (await probe())
    ? { way: "official", reason: `${registry} answers` }
    : { way: "registry", reason: `${registry} cannot be reached` };
}

const words: Readonly<Record<Way, string>> = {
  official: "the official ones",
  registry: "built from package registries",
};

/** `Container images: built from package registries (docker.io cannot be reached)` */
export function describeChoice(part: string, { way, reason }: Choice): string {
  return `${part}: ${words[way]} (${reason})`;
}

/** Time that a site has to answer before another way is taken. */
const probeMilliseconds = 3000;

/**
 * Whether a site answers one of the accepted statuses within 3 s. A gateway that refuses, or shows a page of its own
 * instead, is not the site.
 */
export async function answers(url: string, accepted: readonly number[] = [200]): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(probeMilliseconds) });
    return accepted.includes(response.status);
  } catch {
    return false;
  }
}
