import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { type Answer, eventually, type Frame, type Socket } from "../client";
import type { FaultRig } from "./rig";

/** How long a job takes. */
export interface Duration {
  readonly steps: number;
  readonly stepMilliseconds: number;
}

/** Milliseconds: the time-outs of the commands that a request makes at most, and far less than a dead connection is kept. */
const patience = 8_000;

const usual: Duration = { steps: 5, stepMilliseconds: 500 };

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

  /** Ids of those that were accepted. */
  get accepted(): string[] {
    return [...this.#accepted.keys()];
  }

  /** Hands in jobs of several seconds each, and waits until they are known to the queue. */
  async handIn(count: number, duration = usual): Promise<void> {
    for (let made = 0; made < count; made += 1) {
      const value = randomUUID();
      const { status, body } = await this.#post(value, duration);
      expect(status).toBe(202);
      this.#accepted.set(String(Object(body).id), value);
    }
  }

  /** How many of some jobs are refused, since the queue is not there, before whoever waits for it gives up. */
  async refused(count: number): Promise<number> {
    const answers = await Promise.all(
      Array.from({ length: count }, () => Promise.race([this.#post("refused", usual), sleep(patience)])),
    );
    return answers.filter(
      (answer) => answer?.status === 503 && Object(answer.body).code === "store_unavailable",
    ).length;
  }

  #post(value: string, duration: Duration): Promise<Answer> {
    return this.rig.client.request(`${this.rig.stack.api}/v1/jobs`, {
      method: "POST",
      token: this.token,
      body: { kind: "echo", input: { value, ...duration } },
    });
  }

  /** What is told of them over a WebSocket. */
  async follow(): Promise<FollowedJobs> {
    const socket = await this.rig.client.socket(this.rig.stack.sockets, this.token);
    await socket.frame("welcome");
    return new FollowedJobs(socket);
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

export class FollowedJobs {
  constructor(private readonly socket: Socket) {}

  get told(): readonly Frame[] {
    return this.socket.frames.filter(({ type }) => type === "job");
  }

  /** Ids of those that a worker has done a part of, and not more than half. */
  underWay(): string[] {
    const last = new Map(this.told.map((frame) => [String(frame.id), frame]));
    return [...last]
      .filter(
        ([, { state, progress }]) => state === "active" && Number(progress) > 0 && Number(progress) <= 50,
      )
      .map(([id]) => id);
  }

  /** Id and state of every end that was told, in the order of the ids. */
  ends(): [string, string][] {
    return this.told
      .filter(({ state }) => state !== "active" && state !== "queued")
      .map(({ id, state }): [string, string] => [String(id), String(state)])
      .sort();
  }

  close(): void {
    this.socket.close();
  }
}
