import { readFileSync } from "node:fs";
import type { LookupFunction } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import type { z } from "zod";
import { OperationError } from "../../../components/shared/errors";

export interface ApiClientOptions {
  /** URL of the API, without a final slash. */
  readonly api: string;
  /** Address that is connected to, whatever the URL's name resolves to: names below `localhost` often do not. */
  readonly address: string;
  /** File with the authority that signs the certificate. Default: public authorities. */
  readonly caCertificate?: string | undefined;
}

const seconds = 1_000;

/** A client of a stack's API, which reaches it as its users do: through the proxy, with TLS checked. */
export class ApiClient {
  readonly #agent: Agent;
  readonly #api: string;

  constructor({ api, address, caCertificate }: ApiClientOptions) {
    this.#api = api;
    const family = address.includes(":") ? 6 : 4;
    const lookup: LookupFunction = (_name, options, callback) => {
      if (options.all) callback(null, [{ address, family }]);
      else callback(null, address, family);
    };
    const ca = caCertificate === undefined ? {} : { ca: readFileSync(caCertificate) };
    this.#agent = new Agent({
      connect: { ...ca, lookup, timeout: 5 * seconds },
      headersTimeout: 15 * seconds,
    });
  }

  /** Waits until the API says that it is ready. @throws OperationError after half a minute. */
  async ready(): Promise<void> {
    const end = Date.now() + 30 * seconds;
    for (;;) {
      const reason = await this.#answers();
      if (reason === undefined) return;
      if (Date.now() > end)
        throw new OperationError(`${this.#api}/ready does not answer from this machine: ${reason}`);
      await sleep(250);
    }
  }

  /** Undefined, or why not. */
  async #answers(): Promise<string | undefined> {
    try {
      const { statusCode, body } = await request(`${this.#api}/ready`, { dispatcher: this.#agent });
      await body.dump();
      return statusCode === 200 ? undefined : `it answered ${statusCode}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** GET, or POST with a body; the answer as the schema reads it. @throws OperationError for a refusal. */
  async call<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    { token, body }: { readonly token?: string; readonly body?: object } = {},
  ): Promise<z.output<Schema>> {
    const answer = await request(`${this.#api}${path}`, {
      dispatcher: this.#agent,
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300)
      throw new OperationError(
        `the API refused the test data: ${path} answered ${answer.statusCode}: ${text}`,
      );
    return schema.parse(JSON.parse(text));
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }
}
