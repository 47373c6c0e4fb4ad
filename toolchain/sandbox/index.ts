export { type FoundSandbox, listSandboxes } from "./find";
export { planSandboxImage } from "./image";
export { type SandboxFiles, sandboxFiles } from "./key";
export { isSandboxName } from "./names";
export { type Sandbox, startSandbox } from "./start";
export { stopSandbox } from "./stop";
