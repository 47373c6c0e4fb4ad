import type { Api } from "../dependencies";

/**
 * Hands the bodies of `scope`'s routes over as they came, as a Buffer: a signature covers bytes. Call it in a plugin of
 * the routes' own (`app.register(async (scope) => ...)`), or it holds for every route.
 */
export function takeRawBodies(scope: Api, bodyLimit?: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    "*",
    { parseAs: "buffer", ...(bodyLimit === undefined ? {} : { bodyLimit }) },
    (_request, body, done) => done(null, body),
  );
}
