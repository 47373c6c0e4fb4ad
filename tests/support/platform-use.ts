import { expect, it } from "vitest";
import { containersOf, type DockerCommand, docker } from "./backline";
import { type Client, eventually, type Socket } from "./client";

/** A running platform as its users see it; the tests fill in who they are and the room they made. */
export interface Used {
  readonly stack: string;
  /** URL of the API. */
  readonly api: string;
  /** URL of the WebSocket server. */
  readonly sockets: string;
  /** URL that a plain HTTP request is made to. */
  readonly plain: string;
  /** Docker that runs the platform. Default: this machine's. */
  readonly docker?: DockerCommand;
  client?: Client;
  token?: string;
  room?: string;
}

export function clientOf({ client }: Used): Client {
  if (!client) throw new Error("the platform is not up");
  return client;
}

function tokenOf({ token }: Used): string {
  if (token === undefined) throw new Error("nobody has signed in");
  return token;
}

/** Uses everything that the platform offers, in the order that a user would. */
export function describeUse(used: Used): void {
  it("answers over HTTPS with the certificate of its own CA, and redirects HTTP there", async () => {
    expect(await clientOf(used).request(`${used.api}/health`)).toMatchObject({
      status: 200,
      body: { status: "ok", service: "api" },
    });
    expect(await clientOf(used).request(`${used.api}/ready`)).toMatchObject({
      status: 200,
      body: { status: "ready" },
    });
    expect(await clientOf(used).request(`${used.plain}/health`)).toMatchObject({
      status: 308,
      headers: { location: `${used.api}/health` },
    });
  });

  it("takes messages and gives them back in order", async () => {
    const guest = await clientOf(used).request(`${used.api}/v1/auth/guest`, {
      method: "POST",
      body: { name: "Ada" },
    });
    expect(guest).toMatchObject({ status: 201, body: { token: expect.any(String), user: { name: "Ada" } } });
    used.token = String(Object(guest.body).token);
    const made = await clientOf(used).request(`${used.api}/v1/rooms`, {
      method: "POST",
      token: tokenOf(used),
      body: { name: "studio" },
    });
    expect(made).toMatchObject({ status: 201, body: { name: "studio" } });
    used.room = String(Object(made.body).id);
    for (const body of ["one", "two"])
      expect(
        await clientOf(used).request(`${used.api}/v1/rooms/${used.room}/messages`, {
          method: "POST",
          token: tokenOf(used),
          body: { body },
        }),
      ).toMatchObject({ status: 201 });
    const read = await clientOf(used).request(`${used.api}/v1/rooms/${used.room}/messages`, {
      token: tokenOf(used),
    });
    expect(read.body).toMatchObject({
      messages: [
        { seq: 1, body: "one" },
        { seq: 2, body: "two" },
      ],
    });
  });

  it("shows WebSocket clients on different replicas each other's messages", async () => {
    const byReplica = new Map<string, Socket>();
    await eventually("sockets on two replicas", async () => {
      const socket = await clientOf(used).socket(used.sockets, tokenOf(used));
      const { instance } = await socket.frame("welcome");
      if (byReplica.has(String(instance))) socket.close();
      else byReplica.set(String(instance), socket);
      return byReplica.size === 2 ? true : undefined;
    });
    const [one, other] = [...byReplica.values()];
    if (!one || !other) throw new Error("there are no two sockets");
    for (const socket of [one, other]) {
      socket.send({ type: "join", room: used.room });
      await socket.frame("joined");
    }
    one.send({ type: "message", room: used.room, body: "from one" });
    other.send({ type: "message", room: used.room, body: "from other" });
    for (const socket of [one, other])
      for (const body of ["from one", "from other"])
        expect(await socket.frame("message", (frame) => frame.body === body)).toMatchObject({
          room: used.room,
          body,
        });
    one.close();
    other.close();
  });

  it("runs a job from queued over active with progress to completed", async () => {
    const body = { kind: "echo", input: { value: "hello", steps: 5, stepMilliseconds: 300 } };
    const accepted = await clientOf(used).request(`${used.api}/v1/jobs`, {
      method: "POST",
      token: tokenOf(used),
      body,
    });
    expect(accepted).toMatchObject({ status: 202, body: { state: "queued" } });
    const seen: { state: string; progress: number }[] = [];
    const job = await eventually("the job to end", async () => {
      const { body } = await clientOf(used).request(`${used.api}/v1/jobs/${Object(accepted.body).id}`, {
        token: tokenOf(used),
      });
      const { state, progress } = Object(body);
      seen.push({ state, progress });
      return state === "completed" || state === "failed" ? Object(body) : undefined;
    });
    expect(job).toMatchObject({ state: "completed", progress: 100, result: expect.anything() });
    expect(seen.some(({ state, progress }) => state === "active" && progress > 0 && progress < 100)).toBe(
      true,
    );
  });

  it("is scraped by Prometheus, every target of it", async () => {
    const run = used.docker ?? docker;
    const prometheus = (await containersOf(used.stack, run)).find(({ name }) =>
      name.includes("-prometheus-"),
    );
    const targets = await eventually(
      "all targets to be up",
      async () => {
        const answer = await run(
          "exec",
          prometheus?.id ?? "",
          "wget",
          "-q",
          "-O",
          "-",
          "http://127.0.0.1:9090/api/v1/targets",
        );
        const active: { health: string; labels: { job: string } }[] = JSON.parse(answer).data.activeTargets;
        return active.every(({ health }) => health === "up") ? active : undefined;
      },
      60,
    );
    expect(targets.map(({ labels }) => labels.job).sort()).toEqual([
      "alertmanager",
      "api",
      "api",
      "node",
      "postgres",
      "prometheus",
      "proxy",
      "redis",
      "web",
      "web",
      "worker",
      "ws",
      "ws",
    ]);
  });
}
