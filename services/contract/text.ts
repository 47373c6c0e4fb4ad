import { z } from "zod";

/** What JSON can say and PostgreSQL can keep neither as text nor in `jsonb`: NUL, and half a surrogate pair. */
const unstorable = /[\0\p{Surrogate}]/u;

/** Whether PostgreSQL can store the text, and JSON that contains it. */
export const isStorable = (value: string): boolean => !unstorable.test(value);

export const unstorableText = "must contain neither the NUL character nor half a surrogate pair";

/** Text that PostgreSQL can store, `most` characters at most, surrounding white space removed. */
export const text = (most: number) => z.string().trim().min(1).max(most).refine(isStorable, unstorableText);

export const identifier = z.uuid();
export const timestamp = z.iso.datetime();
