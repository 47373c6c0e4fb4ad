/**
 * The WebSocket protocol as this client speaks it. Types come from the contract; its schemas would bring a validator
 * into the bundle that is larger than everything else, so the few constants stand here again and the compiler holds
 * them equal.
 */
import type {
  ClientFrame,
  closeCodes as contractCloseCodes,
  subprotocol as contractSubprotocol,
  ServerFrame,
} from "../../../contract/frames";

export type { ClientFrame, ServerFrame };
export type FrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;

export const subprotocol: typeof contractSubprotocol = "backline.v1";

export const closeCodes: typeof contractCloseCodes = {
  serviceRestart: 1012,
  tryAgainLater: 1013,
  unauthorized: 4401,
  authenticationTimeout: 4408,
  slowClient: 4413,
  tooManyFrames: 4429,
};

/** Why this side has closed: no sign of life came. */
export const deadConnection = 4000;

/** A frame of the server, or undefined for what is none: a newer server may send types that are not known here. */
export function parseFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    const known = frame !== null && typeof frame === "object" && "type" in frame;
    return known ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
