import {
  createProgress,
  type Progress,
  prepareToolchain,
  type Toolchain,
  type ToolchainPlan,
  type Way,
} from "../../toolchain";
import { requireInitialised } from "./check-stack";
import { childEnvironment, type StackEnvironment, stackEnvironment } from "./environment";
import { projectPaths } from "./project";
import { requireReadableState } from "./state-file";

/** All that a run of the engine for one stack needs. */
export interface Session {
  readonly root: string;
  readonly stack: string;
  readonly toolchain: Toolchain;
  /** What `env` prints. */
  readonly exports: StackEnvironment;
  /** The whole environment of the engine's process. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface SessionOptions {
  readonly root: string;
  readonly stack: string;
  /** What `--toolchain` says. */
  readonly forced?: Way | undefined;
  readonly progress?: Progress;
  /** The choice that the user has agreed to. Default: chosen now. */
  readonly plan?: ToolchainPlan | undefined;
}

/**
 * Sees to it that the engine and its plugins are there, and puts together the environment for a stack.
 * @throws OperationError with the mend if the stack's state is damaged.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { root, stack, forced, progress = createProgress(), plan } = options;
  requireReadableState(root, stack);
  const memory = projectPaths(root).toolchain;
  const toolchain = await prepareToolchain(progress, { memory, forced }, plan);
  return sessionFor({ root, stack, toolchain });
}

export function sessionFor(options: { root: string; stack: string; toolchain: Toolchain }): Session {
  const exports = stackEnvironment(options);
  return { ...options, exports, environment: childEnvironment(exports) };
}

/** Like `openSession`, for what makes sense only after an `init`. */
export async function openKnownStack(options: SessionOptions): Promise<Session> {
  const { root, stack } = options;
  requireInitialised(root, stack);
  return await openSession(options);
}
