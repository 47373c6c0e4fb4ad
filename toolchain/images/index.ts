export { planBaseImage } from "./base";
export { ensureStandInImages, type StandInOptions, type StandInResult } from "./ensure";
export { canPull, pullImages } from "./official";
