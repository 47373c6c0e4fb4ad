import { Stripe } from "stripe";
import { z } from "zod";
import { webhookAnswer, webhookToleranceSeconds } from "../../../contract/payments";
import { Problem } from "../../../contract/problems";
import { unstorableText } from "../../../contract/text";
import { findUnstorable } from "../../../runtime/store/storable";
import type { Api, Dependencies } from "../../dependencies";
import { problemResponses } from "../../openapi/problem-responses";
import { notConfigured } from "../../plugins/configuration";
import { deeplyNested, mostLevels, nestsDeeper } from "../../plugins/json-bodies";
import { paymentOf, stripeEvent } from "./stripe-payment";

/** Bytes. Stripe's events are a few KiB. */
const bodyLimit = 256 * 1024;

/**
 * POST /webhooks/stripe: payments, as Stripe tells of them. The signature is the sender's right, and it is of the bytes
 * as they came, so the body is not parsed before it is checked.
 */
export function stripeRoutes(
  app: Api,
  { store, stripeWebhookSecret: secret }: Pick<Dependencies, "store" | "stripeWebhookSecret">,
): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
      done(null, body);
    });
    const schema = {
      tags: ["payments"],
      summary: "What Stripe tells about payments, each event once",
      response: {
        200: webhookAnswer,
        ...problemResponses(
          "invalid_signature",
          "malformed_body",
          "validation_failed",
          "not_configured",
          "body_too_large",
          "unsupported_media_type",
          "store_unavailable",
        ),
      },
    };
    const options = { config: { public: true }, bodyLimit, schema } as const;
    scope.post("/webhooks/stripe", options, async (request) => {
      if (secret === undefined) throw notConfigured("Payments");
      const event = read(verified(request.body, request.headers["stripe-signature"], secret));
      const first = await store.payments.receive(event, { requestId: request.id, address: request.ip });
      request.log.info({ event: event.id, type: event.type, first }, "Stripe sent an event");
      return { received: true as const };
    });
  });
}

/** The body's JSON. Throws `invalid_signature` unless Stripe has signed it, and not long ago. */
function verified(body: unknown, signature: string | string[] | undefined, secret: string): unknown {
  if (!Buffer.isBuffer(body) || typeof signature !== "string") throw badSignature();
  try {
    return Stripe.webhooks.constructEvent(body, signature, secret, webhookToleranceSeconds);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) throw badSignature();
    throw new Problem("malformed_body", "The body is no event of Stripe's.", {}, { cause: error });
  }
}

const badSignature = (): Problem =>
  new Problem("invalid_signature", "The header Stripe-Signature does not fit the body, or is too old.");

/** Throws `validation_failed` when the event is not what Stripe documents, or cannot be kept. */
function read(json: unknown) {
  if (nestsDeeper(json, mostLevels)) throw deeplyNested();
  const unstorable = findUnstorable(json);
  if (unstorable !== undefined) {
    const path = ["body", ...unstorable].join(".");
    throw new Problem("validation_failed", `${path}: ${unstorableText}`, {
      errors: [{ path, message: unstorableText }],
    });
  }
  try {
    const event = stripeEvent.parse(json);
    const { id, type, created } = event;
    return { id, type, createdAt: new Date(created * 1_000), payload: json, payment: paymentOf(event) };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const errors = error.issues.map(({ path, message }) => ({
      path: ["body", ...path].map(String).join("."),
      message,
    }));
    const detail = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
    throw new Problem("validation_failed", detail, { errors });
  }
}
