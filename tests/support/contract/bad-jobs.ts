/** Job inputs that nobody honest sends: the queue's way in is the API. */
import { expect, it } from "vitest";
import { jobAccepted, jobsAnswer } from "../../../services/contract/jobs";
import { call, expectAnswer, expectProblem } from "./call";
import { ended } from "./jobs";
import { strangeTexts } from "./messages";
import { guest, nothing } from "./people";
import type { ContractTarget } from "./target";

const json = { "content-type": "application/json" };
const huge = Number.MAX_SAFE_INTEGER;

/** Inputs of an echo job that it does not take. */
const badInputs: Record<string, string> = {
  "a negative number of steps": '{"steps":-1}',
  "no steps": '{"steps":0}',
  "too many steps": '{"steps":101}',
  "a huge number of steps": '{"steps":1e308}',
  infinity: '{"steps":1e999}',
  "half a step": '{"steps":1.5}',
  "steps as text": '{"steps":"1"}',
  "steps as a list": '{"steps":[1]}',
  "steps as an object": '{"steps":{"$gt":0}}',
  "a negative pause": '{"stepMilliseconds":-1}',
  "a long pause": '{"stepMilliseconds":60001}',
  "a huge pause": `{"stepMilliseconds":${huge}}`,
  "more than all steps may take": '{"steps":100,"stepMilliseconds":3001}',
  "an unknown key": '{"value":1,"command":"reboot"}',
  "a flag of the queue's": '{"cancelled":true}',
  "another user": `{"userId":"${nothing}"}`,
  "a list": "[]",
  text: '"x"',
  null: "null",
  "a number": "7",
};

export function describeBadJobs(target: ContractTarget): void {
  it(`refuses ${Object.keys(badInputs).length} bad inputs and more, and queues none of them`, async () => {
    const person = await guest(target);
    const post = (raw: string) => person.call("POST", "/v1/jobs", { raw, headers: json });
    for (const [what, input] of Object.entries(badInputs))
      expectProblem(await post(`{"kind":"echo","input":${input}}`), "validation_failed", what);
    for (const rooms of [["x"], [7], ["../.."], ["' OR 1=1 --"], [null], "all", {}])
      expectProblem(await person.post("/v1/jobs", { kind: "report", input: { rooms } }), "validation_failed");
    expectProblem(await post('{"kind":"echo","input":{"steps":NaN}}'), "malformed_body");
    expectProblem(await post('{"kind":"echo","input":{"__proto__":{"steps":1}}}'), "malformed_body");
    const large = { kind: "echo", input: { value: "x".repeat(10 * 1024 * 1024) } };
    expectProblem(await person.post("/v1/jobs", large), "body_too_large");
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    expectProblem(
      await post(`{"kind":"echo","input":{"value":${deep}}}`),
      "validation_failed",
      "deep nesting",
    );
    expect(expectAnswer(await person.get("/v1/jobs"), 200, jobsAnswer).jobs).toEqual([]);
  });

  it("gives strange values back as they came", async () => {
    const person = await guest(target);
    const value = [...strangeTexts, "a\u0000b", -0.1, 1e300, { constructor: 1, toString: null, "": [] }];
    const reply = await person.post("/v1/jobs", { kind: "echo", input: { value } });
    const job = await ended(person, expectAnswer(reply, 202, jobAccepted).id);
    expect(job).toMatchObject({ state: "completed" });
    expect(job.result).toEqual(value);
  });

  it("needs a token for every one of them", async () => {
    for (const path of ["/v1/jobs", `/v1/jobs/${nothing}/cancel`])
      expectProblem(await call(target, "POST", path, { body: { kind: "echo" } }), "unauthorized");
  });
}
