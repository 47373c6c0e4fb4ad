import {
  type ClientFrame,
  clientFrame,
  type frameErrorCodes,
  messageKey,
  type ServerFrame,
} from "../contract/frames";
import { Problem, type ProblemCode } from "../contract/problems";
import { identifier } from "../contract/text";

/** A frame was not carried out, for a reason that only this protocol has. */
export class FrameError extends Error {
  override readonly name = "FrameError";
  constructor(
    readonly code: (typeof frameErrorCodes)[number],
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** Room and key of a frame, as far as they are well-formed: its `error` carries them. */
export interface Subject {
  readonly room?: string;
  readonly key?: string;
}

/** Characters of the reasons for which a frame is malformed. */
const detailCharacters = 300;

/** The frame; throws FrameError `malformed_frame`, whose detail says what is wrong with it. */
export function toClientFrame(content: unknown): ClientFrame {
  const result = clientFrame.safeParse(content);
  if (result.success) return result.data;
  const reasons = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw new FrameError("malformed_frame", reasons.join("; ").slice(0, detailCharacters));
}

/** The text as JSON; undefined when it is none, or the frame is binary. */
export function contentOf(data: Buffer, binary: boolean): unknown {
  if (binary) return undefined;
  try {
    return JSON.parse(data.toString("utf8"));
  } catch {
    return undefined;
  }
}

export function subjectOf(content: unknown): Subject {
  if (typeof content !== "object" || content === null) return {};
  const room = identifier.safeParse("room" in content ? content.room : undefined);
  const key = messageKey.safeParse("key" in content ? content.key : undefined);
  return { ...(room.success ? { room: room.data } : {}), ...(key.success ? { key: key.data } : {}) };
}

export function errorFrame(error: unknown, subject: Subject): Extract<ServerFrame, { type: "error" }> {
  if (error instanceof Problem || error instanceof FrameError)
    return { type: "error", code: error.code, detail: error.detail, ...subject };
  const code: ProblemCode = "internal_error";
  return { type: "error", code, detail: "The frame could not be handled.", ...subject };
}
