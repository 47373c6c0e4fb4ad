/** Which keys hold secrets, and how they look in a stack's file. */

/** Stands for a secret that is there but cannot be read without the passphrase. */
export const encrypted = "[encrypted]";

/** Secrets that somebody else gives out, so that `init` cannot generate them; `*` is any name. */
export const givenSecrets = [
  "stripe.webhookSecret",
  "storage.secretAccessKey",
  "chains",
  "smtp.password",
  "proxy.certificateKey",
  "cloudflare.apiToken",
  "vercel.token",
  "vercel.projects.*.password",
  "vercel.projects.*.secretEnvironment.*.*",
] as const;
export type GivenSecret = (typeof givenSecrets)[number];

/** Secrets beside the group `secrets`. */
const otherSecrets = [...givenSecrets, "rotation.*.other"];

/** Keys at the top in or below which there are secrets. */
export const secretGroups: readonly string[] = [
  "secrets",
  ...otherSecrets.map((path) => path.split(".", 1)[0] ?? path),
];

/** Whether what stands at a path may hold a secret: it is one, is inside one, or is a group with one. */
export function concernsSecret(path: readonly PropertyKey[]): boolean {
  if (path[0] === "secrets") return true;
  return otherSecrets.some((secret) => {
    const keys = secret.split(".");
    return keys.slice(0, path.length).every((key, index) => key === "*" || path[index] === key);
  });
}

type Values = Readonly<Record<string, unknown>>;

const isGroup = (value: unknown): value is Values =>
  value !== null && typeof value === "object" && !Array.isArray(value);

const isEncrypted = (value: unknown): boolean => isGroup(value) && "secure" in value;

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** In a preview without the passphrase the mark itself comes from the engine. */
const isReadable = (value: unknown): boolean => isGiven(value) && value !== encrypted;

/** The secrets of a file with `[encrypted]` in their place, and the paths of those that stand there as plain text. */
export function hideSecrets(values: Values): { values: Record<string, unknown>; plain: string[] } {
  const plain: string[] = [];
  const hide = (value: unknown): unknown => {
    if (isEncrypted(value)) return encrypted;
    return isGroup(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner)]))
      : value;
  };
  for (const path of secretPathsOf(values)) {
    const value = at(values, path);
    if (isGiven(value) && !isEncrypted(value)) plain.push(path);
  }
  const hidden = Object.entries(values).map(([key, value]): [string, unknown] => [
    key,
    secretGroups.includes(key) ? hide(value) : value,
  ]);
  return { values: Object.fromEntries(hidden), plain };
}

/** Paths of the secrets that are given and can be read. */
export function secretPathsOf(values: Values): string[] {
  const own = isGroup(values.secrets) ? Object.keys(values.secrets).map((name) => `secrets.${name}`) : [];
  return [...own, ...otherSecretPaths(values).filter((path) => isReadable(at(values, path)))];
}

/** The secrets of these values that somebody else has given out, each with the pattern that it is one of. */
export const givenSecretsOf = (values: Values): { readonly path: string; readonly pattern: GivenSecret }[] =>
  givenSecrets.flatMap((pattern) =>
    pathsOf(values, pattern.split("."))
      .filter((path) => isGiven(at(values, path)))
      .map((path) => ({ path, pattern })),
  );

/** Where secrets beside the group `secrets` can be in these values, whether there is one or not. */
export const otherSecretPaths = (values: Values): string[] =>
  otherSecrets.flatMap((pattern) => pathsOf(values, pattern.split(".")));

/** The paths that a pattern stands for. */
function pathsOf(values: unknown, [key, ...others]: readonly string[]): string[] {
  if (key === undefined) return [""];
  const names = key !== "*" ? [key] : isGroup(values) ? Object.keys(values) : [];
  return names.flatMap((name) =>
    pathsOf(isGroup(values) ? values[name] : undefined, others).map((rest) =>
      rest === "" ? name : `${name}.${rest}`,
    ),
  );
}

function at(values: Values, path: string): unknown {
  return path.split(".").reduce<unknown>((here, key) => (isGroup(here) ? here[key] : undefined), values);
}
