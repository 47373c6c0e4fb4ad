import type { SystemDescription } from "../systems";
import { type SecretName, secretNames } from "./secret-names";

/** A secret that stacks of a system have. */
export interface WantedSecret {
  readonly name: string;
  /** Whether `./backline init` makes it; otherwise somebody has to give it. */
  readonly generated: boolean;
  /** Undefined: it is one of Backline's own parts. */
  readonly description: string | undefined;
}

/** Whether a system has the part that a secret belongs to. */
const uses: Readonly<Record<SecretName, (system: SystemDescription) => boolean>> = {
  nameKey: () => true,
  jwtSecret: ({ services }) =>
    Object.values(services).some(({ source, frontEnd }) => source !== undefined && frontEnd === undefined),
  postgresAdminPassword: ({ postgres }) => postgres !== undefined,
  postgresPassword: ({ postgres }) => postgres !== undefined,
  postgresMonitoringPassword: ({ postgres }) => postgres !== undefined,
  redisPassword: ({ redis }) => redis !== undefined,
  grafanaPassword: () => true,
};

/** Secrets of those of Backline's own parts that a system has. */
export const partSecrets = (system: SystemDescription): SecretName[] =>
  secretNames.filter((name) => uses[name](system));

/** All secrets that stacks of a system need: those of its parts, then its own. */
export const secretsOf = (system: SystemDescription): readonly WantedSecret[] => [
  ...partSecrets(system).map((name) => ({ name, generated: true, description: undefined })),
  ...Object.entries(system.secrets ?? {}).map(([name, { description, generated = false }]) => ({
    name,
    generated,
    description,
  })),
];

/** Those of them that `./backline init` makes. */
export const generatedSecrets = (system: SystemDescription): string[] =>
  secretsOf(system)
    .filter(({ generated }) => generated)
    .map(({ name }) => name);
