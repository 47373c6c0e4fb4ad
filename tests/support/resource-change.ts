import type { ResourceChange } from "../../scripts/operations/changes";

/** A change of a container without anything else to say of it. */
export const changeOf = (name: string, more: Partial<ResourceChange> = {}): ResourceChange => ({
  operation: "create",
  name,
  type: "docker:index/container:Container",
  urn: `urn:${name}`,
  stateful: false,
  retained: false,
  inputs: {},
  changes: [],
  ...more,
});
