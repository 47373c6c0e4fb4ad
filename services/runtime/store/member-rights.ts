/** Who may do what about a room's members; null is somebody who is none. Everybody may leave. */
import type { MemberRole } from "../../contract/rooms";

interface Addition {
  /** Role of the one who adds. */
  readonly role: MemberRole | null;
  /** They add themselves: only a public room gets that far. */
  readonly alone: boolean;
  readonly added: Exclude<MemberRole, "owner">;
}

export function mayAdd({ role, alone, added }: Addition): boolean {
  if (alone) return added === "member";
  return role === "owner" || (role === "moderator" && added === "member");
}

export const mayChangeRoles = (role: MemberRole | null): boolean => role === "owner";

/** `removed`: role of the one who is to go; null when they are no member. */
export function mayRemove(role: MemberRole | null, removed: MemberRole | null): boolean {
  return role === "owner" || (role === "moderator" && (removed === "member" || removed === null));
}
