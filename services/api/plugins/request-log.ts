import { paths } from "../../contract/environment";
import type { Api } from "../dependencies";

/** One line for each answered request, and its id in the answer. Probes are logged at debug level. */
export function registerRequestLog(app: Api): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  app.addHook("onResponse", async (request, reply) => {
    const path = request.url.split("?", 1)[0];
    const probe = path === paths.health || path === paths.ready;
    request.log[probe ? "debug" : "info"](
      {
        method: request.method,
        path,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
        ...(request.principal === undefined ? {} : { userId: request.principal.user.id }),
      },
      "answered",
    );
  });
}
