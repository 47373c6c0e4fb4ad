export { Releases, type ReleasesArgs } from "./component";
export { noMigration, type Release, type ReleaseRecord, releaseId, releaseRecord } from "./release";
