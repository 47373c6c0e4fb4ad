export { engineEvents } from "./events";
export { orFailureComment } from "./failure";
export { detailLines, shortType } from "./lines";
export { driftComment, previewComment } from "./markdown";
export { hiddenOf } from "./printable";
export { countsOf, foundChanges, plannedChanges, type ResourceChange } from "./resource";
