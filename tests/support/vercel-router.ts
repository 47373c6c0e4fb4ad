import { isHandler, normalizeRoutes, type Route, type RouteWithSrc } from "@vercel/routing-utils";

/** What Vercel does with a request. */
export interface Routed {
  readonly status: number;
  /** The file that is sent, or the URL that is asked. */
  readonly from: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Routes before and behind `filesystem`. @throws Error with what Vercel's own check refuses. */
export function phasesOf(routes: readonly Route[]): { before: RouteWithSrc[]; behind: RouteWithSrc[] } {
  const { routes: normal, error } = normalizeRoutes([...routes]);
  if (error || normal === null) throw new Error(error?.errors?.join("\n") ?? error?.message ?? "no routes");
  const at = normal.findIndex((route) => isHandler(route) && route.handle === "filesystem");
  const sources = (some: readonly Route[]) => some.flatMap((route) => (isHandler(route) ? [] : [route]));
  return { before: sources(normal.slice(0, at)), behind: sources(normal.slice(at + 1)) };
}

/**
 * Follows routes as Vercel documents it (https://vercel.com/docs/build-output-api/configuration), in as far as a front
 * end uses them: `src`, `has` by host, `dest`, `status`, `headers`, `continue`.
 */
export function routeRequest(
  routes: readonly Route[],
  files: readonly string[],
  { host, path }: { readonly host: string; readonly path: string },
): Routed {
  const { before, behind } = phasesOf(routes);
  let headers: Record<string, string> = {};
  const follow = (some: readonly RouteWithSrc[]): Routed | undefined => {
    for (const { src, dest, has = [], status = 200, headers: more = {}, continue: on } of some) {
      const match = new RegExp(src).exec(path);
      if (match === null || !has.every(({ type, value }) => type === "host" && value === host)) continue;
      headers = { ...headers, ...more };
      if (on === true) continue;
      return { status, from: dest?.replaceAll(/\$(\d)/g, (_, group) => match[Number(group)] ?? ""), headers };
    }
    return undefined;
  };
  const first = follow(before);
  if (first !== undefined) return first;
  const file = path === "/" ? "/index.html" : path;
  if (files.includes(file)) return { status: 200, from: file, headers };
  return follow(behind) ?? { status: 404, from: undefined, headers };
}
