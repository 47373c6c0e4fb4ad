import { z } from "zod";

/** Text that PostgreSQL can store (no NUL), `most` characters at most, surrounding white space removed. */
export const text = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((value) => !value.includes("\0"), "must not contain the NUL character");

export const identifier = z.uuid();
export const timestamp = z.iso.datetime();
