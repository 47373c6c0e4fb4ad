import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { attachment, createStorage, storageOf } from "../../../../services/runtime/storage";

const secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
}

/** The signature of a link as AWS documents it (Signature Version 4, query parameters), from the link alone. */
function signatureOf({ method, url, headers }: Request): string {
  const query = [...url.searchParams].filter(([name]) => name !== "X-Amz-Signature");
  const parameter = (name: string) => url.searchParams.get(name) ?? "";
  const escaped = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const all: Record<string, string> = { ...headers, host: url.host };
  const signed = parameter("X-Amz-SignedHeaders").split(";");
  const canonical = [
    method,
    url.pathname,
    query
      .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
      .sort()
      .join("&"),
    ...signed.map((name) => `${name}:${all[name]}`),
    "",
    signed.join(";"),
    "UNSIGNED-PAYLOAD",
  ].join("\n");
  const [, date = "", region = "", service = "", last = ""] = parameter("X-Amz-Credential").split("/");
  const scope = [date, region, service, last].join("/");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", parameter("X-Amz-Date"), scope, digest].join("\n");
  const hmac = (key: string | Buffer, value: string) => createHmac("sha256", key).update(value).digest();
  const key = [date, region, service, last].reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  return hmac(key, text).toString("hex");
}

const storage = (endpoint: string) =>
  createStorage(
    { endpoint, region: "eu-central-1", bucket: "media", accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretKey },
    () => new Date("2030-01-02T03:04:05.678Z"),
  );
const id = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11";

describe("signatureOf", () => {
  it("agrees with the example in AWS' documentation", () => {
    const url = new URL(
      "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host",
    );
    expect(signatureOf({ method: "GET", url, headers: {} })).toBe(
      "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    );
  });
});

describe("the upload link", () => {
  it("is a PUT for an hour whose type and length are signed", async () => {
    const link = await storage("https://store.example.com").upload({ id, type: "image/png", bytes: 1234 });
    const url = new URL(link.url);
    expect(url.origin + url.pathname).toBe(`https://store.example.com/media/files/${id}`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
      "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20300102/eu-central-1/s3/aws4_request",
      "X-Amz-Date": "20300102T030405Z",
      "X-Amz-Expires": "3600",
      "X-Amz-SignedHeaders": "content-length;content-type;host",
      "X-Amz-Signature": signatureOf({ method: "PUT", url, headers: link.headers }),
    });
    expect(link).toMatchObject({
      method: "PUT",
      headers: { "content-type": "image/png", "content-length": "1234" },
      expiresAt: "2030-01-02T04:04:05.678Z",
    });
  });

  it("keeps the port and the path of the endpoint", async () => {
    const link = await storage("http://127.0.0.1:9000/s3/").upload({ id, type: "image/png", bytes: 1 });
    const url = new URL(link.url);
    expect(url.origin + url.pathname).toBe(`http://127.0.0.1:9000/s3/media/files/${id}`);
    const { headers } = link;
    expect(url.searchParams.get("X-Amz-Signature")).toBe(signatureOf({ method: "PUT", url, headers }));
  });
});

describe("the download link", () => {
  it("is a GET that names the file, whatever its name is", async () => {
    for (const name of ["cat.png", `a"; b=c\r\nX: y`, "Übung (1)*'!.pdf", "\u{1F600} 100%.txt"]) {
      const link = await storage("https://store.example.com").download({ id, name });
      const url = new URL(link.url);
      expect([link.method, link.headers]).toEqual(["GET", {}]);
      expect(url.searchParams.get("response-content-disposition")).toBe(attachment(name));
      expect(url.searchParams.get("X-Amz-Signature"), name).toBe(
        signatureOf({ method: "GET", url, headers: {} }),
      );
    }
  });
});

describe("attachment", () => {
  it("cannot be left by a file's name", () => {
    expect(attachment("cat.png")).toBe(`attachment; filename="cat.png"; filename*=UTF-8''cat.png`);
    expect(attachment(`a"; filename="b.html\r\nX: y`)).toBe(
      `attachment; filename="a__ filename=_b.html__X: y"; filename*=UTF-8''a%22%3B%20filename%3D%22b.html%0D%0AX%3A%20y`,
    );
    expect(attachment("ü'\ud800")).toBe(`attachment; filename="_'_"; filename*=UTF-8''%C3%BC%27%EF%BF%BD`);
  });
});

describe("storageOf", () => {
  it("is undefined where no store is named", () => {
    const nothing: Parameters<typeof storageOf>[0] = { STORAGE_REGION: "auto" };
    const given = {
      STORAGE_ENDPOINT: "https://store.example.com",
      STORAGE_BUCKET: "media",
      STORAGE_ACCESS_KEY_ID: "id",
      STORAGE_SECRET_KEY_FILE: "secret",
    };
    expect(storageOf(nothing)).toBeUndefined();
    expect(storageOf({ ...nothing, ...given })).toBeDefined();
  });
});
