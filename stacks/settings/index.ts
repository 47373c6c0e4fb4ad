export { loadFromEngine } from "./load";
export { loadFromFile, stackFile } from "./load-file";
export { type RawConfig, type Resolution, resolve } from "./resolve";
export { type SecretName, secretNames, stackConfig } from "./schema";
export type { Limits, ServiceSettings, Settings, SiteSettings } from "./settings";
