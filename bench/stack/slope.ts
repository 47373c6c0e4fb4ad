/** A run with a number of resources. */
export interface Sized {
  readonly resources: number;
  readonly seconds: number;
}

/** Milliseconds that each further resource costs from one size to a larger one. */
export function millisecondsPerResource(smaller: Sized, larger: Sized): number {
  const more = larger.resources - smaller.resources;
  if (more <= 0) throw new Error(`${larger.resources} resources are not more than ${smaller.resources}`);
  return ((larger.seconds - smaller.seconds) * 1_000) / more;
}

/** How long an update that changes nothing may be, in times of an empty program's in the same run. */
export const allowedRatio = 1.5;

/** Milliseconds that each resource may add to that. */
export const allowedMilliseconds = 20;

/** Seconds that an update which changes nothing may take, beside those of an empty program in the same run. */
export const allowedSeconds = (empty: number, resources: number): number =>
  allowedRatio * empty + (allowedMilliseconds * resources) / 1_000;
