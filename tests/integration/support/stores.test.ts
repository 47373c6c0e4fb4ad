/** What a killed run of the services' tests leaves behind. */
import { execa } from "execa";
import { expect, it } from "vitest";
import { catalogue } from "../../../components/images/catalogue";
import { ownerLabel, ownerOf, removeAbandoned, testLabel } from "../../support/stores";

const image = `${catalogue.redis.repository}:${catalogue.redis.tag}`;
const docker = async (...words: string[]) => (await execa("docker", words)).stdout;
const create = (...labels: string[]) =>
  docker("create", ...labels.flatMap((label) => ["--label", label]), image);

it("goes with the next run, and what belongs to others stays", async () => {
  const ended = execa("true");
  await ended;
  const abandoned = await create(testLabel, `${ownerLabel}=${ownerOf(Number(ended.pid))}`);
  const others = [
    await create(testLabel, `${ownerLabel}=${ownerOf(process.pid)}`),
    await create(testLabel, `${ownerLabel}=elsewhere:${ended.pid}`),
    await create(testLabel),
    await create(`${ownerLabel}=${ownerOf(Number(ended.pid))}`),
  ];
  try {
    await removeAbandoned();
    const left = (await docker("ps", "-a", "-q", "--no-trunc")).split("\n");
    expect(left).toEqual(expect.arrayContaining(others));
    expect(left).not.toContain(abandoned);
  } finally {
    await execa("docker", ["rm", "-f", "-v", abandoned, ...others], { reject: false });
  }
});
