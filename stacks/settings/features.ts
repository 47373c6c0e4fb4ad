import type { ServiceFeatures } from "../../components/service/args";
import { Secret } from "../../components/shared/secret";
import { environment } from "../../services/contract/environment";
import type { Finding } from "./checks";
import type { StackConfig } from "./schema";
import { encrypted, type GivenSecret } from "./secret-keys";
import { isPlaceholder } from "./secrets";

/** What a group needs to be of use; `together` are keys of which one makes no sense without the other. */
interface Needs {
  readonly all: readonly string[];
  readonly together: readonly string[];
}
const needs: Readonly<Record<"storage" | "smtp", Needs>> = {
  storage: { all: ["endpoint", "bucket", "accessKeyId", "secretAccessKey"], together: [] },
  smtp: { all: ["host", "from"], together: ["user", "password"] },
};

const mend = (path: string) => `pulumi config set --secret --path 'backline:${path}'`;

/** Groups that are given in part. */
function checkGroup(name: keyof typeof needs, config: StackConfig): Finding[] {
  const given = Object.entries(config[name] ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [key],
  );
  if (given.length === 0) return [];
  const { all, together } = needs[name];
  const wanted = [...all, ...(together.some((key) => given.includes(key)) ? together : [])];
  return wanted
    .filter((key) => !given.includes(key))
    .map((key) => {
      const path = `${name}.${key}`;
      const how = key === "password" || key === "secretAccessKey" ? `run: ${mend(path)}` : "add it";
      return {
        code: "incomplete",
        path,
        message: `is missing, and ${name} needs ${wanted.join(", ")}; ${how}, or remove ${together.includes(key) ? together.join(" and ") : name}`,
      };
    });
}

/** What is wrong with a secret that somebody else gave out; its length is their choice. */
function checkSecret(path: GivenSecret, value: string | undefined): Finding[] {
  if (value === undefined || value === encrypted) return [];
  const found = (code: Finding["code"], message: string): Finding[] => [
    { code, path, message: `${message}; run: ${mend(path)}` },
  ];
  if (value.trim() === "") return found("empty-secret", "is empty");
  if (isPlaceholder(value)) return found("placeholder-secret", "is a placeholder");
  return /[\r\n\0]/.test(value) ? found("secret-characters", "has a line break in it") : [];
}

export function checkFeatures(config: StackConfig): Finding[] {
  return [
    ...checkSecret("stripe.webhookSecret", config.stripe?.webhookSecret),
    ...checkGroup("storage", config),
    ...checkSecret("storage.secretAccessKey", config.storage?.secretAccessKey),
    ...checkGroup("smtp", config),
    ...checkSecret("smtp.password", config.smtp?.password),
  ];
}

/** The features that are set up. Half a group, which `checkFeatures` refuses, is none. */
export function featuresOf(config: StackConfig): ServiceFeatures {
  const { rateLimits, stripe, storage, chains, smtp } = config;
  return {
    rateLimits: {
      user: rateLimits?.user ?? Number(environment.RATE_LIMIT_USER.default),
      address: rateLimits?.address ?? Number(environment.RATE_LIMIT_ADDRESS.default),
    },
    stripe:
      stripe?.webhookSecret === undefined ? undefined : { webhookSecret: new Secret(stripe.webhookSecret) },
    storage: storageOf(storage),
    chains: chains === undefined ? undefined : new Secret(chains),
    smtp:
      smtp?.host === undefined || smtp.from === undefined
        ? undefined
        : {
            host: smtp.host,
            port: smtp.port ?? Number(environment.SMTP_PORT.default),
            from: smtp.from,
            user: smtp.user,
            password: smtp.password === undefined ? undefined : new Secret(smtp.password),
          },
  };
}

function storageOf(storage: StackConfig["storage"]): ServiceFeatures["storage"] {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = storage ?? {};
  if (endpoint === undefined || bucket === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return {
    endpoint,
    region: region ?? environment.STORAGE_REGION.default,
    bucket,
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
  };
}
