import type { Properties } from "../shared/values";
import type { Execution } from "./execution";
import type { InputFailure } from "./inputs";

/** One of the provider's resource types. Inputs and outputs may hold secrets; what is run never sees their marks. */
export interface ResourceType {
  /** What an id begins with; eight random hexadecimal digits follow. */
  idPrefix(name: string): string;
  /** Inputs with defaults and marks of secrecy, and what is wrong with them. */
  check(inputs: Properties): { inputs: Properties; failures: InputFailure[] };
  /** Names of the outputs that only a run can tell. */
  computed(inputs: Properties): string[];
  /** Runs what creation needs and returns the computed outputs. */
  create(inputs: Properties, execution: Execution): Promise<Properties>;
  /** Runs what an update needs and returns the computed outputs. `state` is what the last run left. */
  update(inputs: Properties, state: Properties, execution: Execution): Promise<Properties>;
  /** Runs what deletion needs. */
  delete(state: Properties, execution: Execution): Promise<void>;
}
