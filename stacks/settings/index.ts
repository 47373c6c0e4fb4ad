export { loadFromEngine } from "./load";
export { loadFromFile, stackFile } from "./load-file";
export { type RawConfig, type Resolution, resolve } from "./resolve";
export { stackConfig } from "./schema";
export { type SecretName, secretNames } from "./secret-names";
export type { Limits, ServiceSettings, Settings, SiteSettings } from "./settings";
