export { Releases, type ReleasesArgs } from "./component";
export { type Release, type ReleaseRecord, releaseId, releaseRecord } from "./release";
