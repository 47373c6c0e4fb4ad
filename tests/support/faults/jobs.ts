import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { type Answer, eventually } from "../client";
import type { FaultRig } from "./rig";

/** Jobs of one account, and whether each is done once with its own result. */
export class Jobs {
  readonly #accepted = new Map<string, string>();

  private constructor(
    private readonly rig: FaultRig,
    private readonly token: string,
  ) {}

  static async begin(rig: FaultRig): Promise<Jobs> {
    const { body } = await rig.client.request(`${rig.stack.api}/v1/auth/guest`, {
      method: "POST",
      body: { name: "Ada" },
    });
    return new Jobs(rig, String(Object(body).token));
  }

  /** Hands in jobs of several seconds each, and waits until they are known to the queue. */
  async handIn(count: number): Promise<void> {
    for (let made = 0; made < count; made += 1) {
      const value = randomUUID();
      const { status, body } = await this.#post(value);
      expect(status).toBe(202);
      this.#accepted.set(String(Object(body).id), value);
    }
  }

  /** Whether a job is refused, since the queue is not there. */
  async isRefused(): Promise<boolean> {
    const { status, body } = await this.#post("refused");
    return status === 503 && Object(body).code === "store_unavailable";
  }

  #post(value: string): Promise<Answer> {
    return this.rig.client.request(`${this.rig.stack.api}/v1/jobs`, {
      method: "POST",
      token: this.token,
      body: { kind: "echo", input: { value, steps: 5, stepMilliseconds: 500 } },
    });
  }

  /** Every job that was accepted ends well, within `seconds`. */
  async expectDone(seconds: number): Promise<void> {
    for (const [id, value] of this.#accepted)
      await eventually(
        `the job ${id} to be done`,
        async () => {
          const { status, body } = await this.rig.client.request(`${this.rig.stack.api}/v1/jobs/${id}`, {
            token: this.token,
          });
          if (status !== 200 || Object(body).state !== "completed") return undefined;
          expect(Object(body).result).toBe(value);
          return true;
        },
        seconds,
      );
  }
}
