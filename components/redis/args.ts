import type { Limits, StackContext } from "../shared/context";
import type { Secret } from "../shared/secret";

export interface RedisPlanArgs extends StackContext, Limits {
  readonly imageReference: string;
  readonly evictionPolicy: string;
  readonly password: Secret;
  /** A second password, while it is accepted as well; undefined: there is none. */
  readonly otherPassword: Secret | undefined;
}
