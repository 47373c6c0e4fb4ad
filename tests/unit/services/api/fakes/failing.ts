import type { Users } from "../../../../../services/runtime/store/users";

/** Accounts of which every question ends with `error`. */
export function failingUsers(error: Error): Users {
  const fail = () => Promise.reject(error);
  return { createGuest: fail, signUp: fail, credentials: fail, me: fail, rename: fail };
}
