type Prepare = NonNullable<typeof Error.prepareStackTrace>;

/**
 * The same stack traces, with each line mapped to its source once. Pulumi's SDK takes several for every resource, all of
 * them through the same few lines, and mapping them again and again takes longer than building the resources.
 * @param prepare What maps a trace, as V8 calls it.
 */
export function mappedOnce(prepare: Prepare): Prepare {
  const known = new Map<string, string>();
  const mapped = (error: Error, frame: NodeJS.CallSite): string => {
    const key = String(frame);
    const found = known.get(key);
    if (found !== undefined) return found;
    const line = String(prepare(error, [frame])).slice(String(prepare(error, [])).length);
    known.set(key, line);
    return line;
  };
  return (error, frames) => String(prepare(error, [])) + frames.map((frame) => mapped(error, frame)).join("");
}

/** Makes this process' stack traces so, where something maps them. */
export function mapStackTracesOnce(): void {
  if (Error.prepareStackTrace !== undefined) Error.prepareStackTrace = mappedOnce(Error.prepareStackTrace);
}
