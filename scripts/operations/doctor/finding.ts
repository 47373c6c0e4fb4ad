/** What one look at the machine found. */
export interface Finding {
  readonly name: string;
  /** `warn`: Backline works, or mends it by itself; `fail`: it does not work before this is mended. */
  readonly status: "ok" | "warn" | "fail";
  readonly detail: string;
  /** What to do; present unless all is well. */
  readonly mend?: string;
}

export const ok = (name: string, detail: string): Finding => ({ name, status: "ok", detail });
export const warn = (name: string, detail: string, mend: string): Finding => ({
  name,
  status: "warn",
  detail,
  mend,
});
export const fail = (name: string, detail: string, mend: string): Finding => ({
  name,
  status: "fail",
  detail,
  mend,
});
