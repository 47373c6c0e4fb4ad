import { randomUUID } from "node:crypto";
import Fastify, { LogController } from "fastify";
import { validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { Api, Dependencies } from "./dependencies";
import { registerDocument } from "./openapi/document";
import { registerAuthentication, registerRefusal } from "./plugins/authentication";
import { registerCors } from "./plugins/cors";
import { registerJsonBodies } from "./plugins/json-bodies";
import { registerMetrics } from "./plugins/metrics";
import { refuseClient, registerProblems, sendProblem } from "./plugins/problems";
import { registerRateLimits } from "./plugins/rate-limits";
import { registerRequestLog } from "./plugins/request-log";
import { serialiserCompiler } from "./plugins/serialisation";
import { registerUnreadBodies } from "./plugins/unread-bodies";
import { healthRoutes } from "./routes/health";
import { openapiRoutes } from "./routes/openapi";
import { adminRoutes } from "./routes/v1/admin";
import { guestRoutes } from "./routes/v1/auth/guest";
import { refreshRoutes } from "./routes/v1/auth/refresh";
import { signInRoutes } from "./routes/v1/auth/sign-in";
import { signOutRoutes } from "./routes/v1/auth/sign-out";
import { signUpRoutes } from "./routes/v1/auth/sign-up";
import { chainRoutes } from "./routes/v1/chains";
import { fileRoutes } from "./routes/v1/files";
import { jobRoutes } from "./routes/v1/jobs";
import { meRoutes } from "./routes/v1/me";
import { roomRoutes } from "./routes/v1/rooms";
import { memberRoutes } from "./routes/v1/rooms/members";
import { messageRoutes } from "./routes/v1/rooms/messages";
import { stripeRoutes } from "./routes/webhooks/stripe";

/** Bytes of a body, unless a route says otherwise. The longest message takes half of it at most. */
const bodyLimit = 64 * 1024;

/** Proxies whose X-Forwarded-For is believed: those on the machine and in private networks, where ours is. */
const trustProxy = ["loopback", "linklocal", "uniquelocal"];

/** A file for each noun; the order is that of the OpenAPI document. */
const routes = [
  healthRoutes,
  openapiRoutes,
  guestRoutes,
  signUpRoutes,
  signInRoutes,
  refreshRoutes,
  signOutRoutes,
  meRoutes,
  roomRoutes,
  memberRoutes,
  messageRoutes,
  fileRoutes,
  jobRoutes,
  chainRoutes,
  adminRoutes,
  stripeRoutes,
];

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
    trustProxy,
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
  // JSON is the one media type that every route takes.
  app.removeContentTypeParser("text/plain");
  registerJsonBodies(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serialiserCompiler);
  registerUnreadBodies(app);
  registerRequestLog(app);
  registerMetrics(app, dependencies.metrics);
  registerProblems(app);
  registerCors(app, dependencies.allowedOrigins);
  registerDocument(app, dependencies.health.options.version);
  // Once the two are loaded: preflights need no token, and the document has the routes that come after it.
  app.after((error) => {
    if (error !== null && error !== undefined) throw error;
    registerAuthentication(app, dependencies.tokens, dependencies.endedSessions);
    registerRateLimits(app, dependencies.rateLimits);
    registerRefusal(app);
    for (const register of routes) register(app, dependencies);
  });
  return app;
}
