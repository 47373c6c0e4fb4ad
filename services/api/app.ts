import { randomUUID } from "node:crypto";
import Fastify, { LogController } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { Api, Dependencies } from "./dependencies";
import { registerAuthentication } from "./plugins/authentication";
import { registerCors } from "./plugins/cors";
import { registerMetrics } from "./plugins/metrics";
import { refuseClient, registerProblems, sendProblem } from "./plugins/problems";
import { registerRequestLog } from "./plugins/request-log";
import { healthRoutes } from "./routes/health";
import { guestRoutes } from "./routes/v1/auth/guest";
import { jobRoutes } from "./routes/v1/jobs";
import { roomRoutes } from "./routes/v1/rooms";
import { messageRoutes } from "./routes/v1/rooms/messages";

/** Bytes. */
const bodyLimit = 1024 * 1024;

/** Milliseconds that a client may take to send a request. */
const requestTimeout = 30_000;

/**
 * Milliseconds that an idle connection is kept. Longer than a proxy keeps its own (Caddy: 2 min), so that it is the
 * proxy that ends a connection, and never has a POST meet one that the server closes at that moment.
 */
const keepAliveTimeout = 130_000;

/** A request id that a caller may choose: what logs can hold without harm. */
const acceptableRequestId = /^[\w.:-]{1,64}$/;

/** The API without a listener: `inject` it, or `listen`. */
export function buildApi(dependencies: Dependencies): Api {
  const app: Api = Fastify({
    loggerInstance: dependencies.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    bodyLimit,
    requestTimeout,
    keepAliveTimeout,
    genReqId: (request) => {
      const given = request.headers["x-request-id"];
      return typeof given === "string" && acceptableRequestId.test(given) ? given : randomUUID();
    },
    // A drain finishes what arrives on open connections instead of refusing it.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    frameworkErrors: sendProblem,
    clientErrorHandler: refuseClient,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  registerRequestLog(app);
  registerMetrics(app, dependencies.metrics);
  registerProblems(app);
  registerCors(app, dependencies.allowedOrigins);
  registerAuthentication(app, dependencies.tokens);
  for (const routes of [healthRoutes, guestRoutes, roomRoutes, messageRoutes, jobRoutes])
    routes(app, dependencies);
  return app;
}
