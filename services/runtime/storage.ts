/** Signed links to an S3-compatible object store: clients send and fetch files there themselves. */
import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import { type FileLink, fileLinkSeconds } from "../contract/files";
import type { Environment } from "./environment";

export interface StorageOptions {
  /** URL of the store; buckets are the first part of the path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretKey: string;
}

export interface Upload {
  readonly id: string;
  readonly type: string;
  readonly bytes: number;
}

export interface Download {
  readonly id: string;
  /** What a browser calls the file. */
  readonly name: string;
}

/** Makes links; the store itself is not asked. */
export interface Storage {
  /** For a PUT of exactly this type and length: both are signed, so that the store refuses any other. */
  upload(file: Upload): Promise<FileLink>;
  /** For a GET that a browser saves and never shows as a page of the store's. */
  download(file: Download): Promise<FileLink>;
}

/** `now` is the clock of the signatures. */
export function createStorage(options: StorageOptions, now: () => Date = () => new Date()): Storage {
  const { endpoint, region, bucket, accessKeyId, secretKey } = options;
  const base = new URL(endpoint);
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials: { accessKeyId, secretAccessKey: secretKey },
    sha256: Sha256,
    // S3 alone signs the path as it is sent.
    uriEscapePath: false,
  });

  async function link(
    method: FileLink["method"],
    id: string,
    headers: Record<string, string>,
    query: Record<string, string> = {},
  ): Promise<FileLink> {
    const signingDate = now();
    const path = `${base.pathname.replace(/\/$/, "")}/${bucket}/files/${id}`;
    const request = new HttpRequest({
      method,
      protocol: base.protocol,
      hostname: base.hostname,
      path,
      query,
      // The signer moves x-amz-* into the query; the body is not known yet, so its hash is not signed.
      headers: { ...headers, host: base.host, "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" },
    });
    const signed = await signer.presign(request, { signingDate, expiresIn: fileLinkSeconds });
    const url = new URL(path, base);
    url.search = Object.entries(signed.query ?? {})
      .map(([name, value]) => `${escaped(name)}=${escaped(String(value))}`)
      .join("&");
    const expiresAt = new Date(signingDate.getTime() + fileLinkSeconds * 1_000).toISOString();
    return { method, url: url.href, headers, expiresAt };
  }

  return {
    upload: ({ id, type, bytes }) =>
      link("PUT", id, { "content-length": String(bytes), "content-type": type }),
    download: ({ id, name }) => link("GET", id, {}, { "response-content-disposition": attachment(name) }),
  };
}

/** As RFC 3986 and the signature have it: encodeURIComponent leaves ! ' ( ) * alone. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

type StorageEnvironment = Pick<
  Environment<"api">,
  | "STORAGE_ENDPOINT"
  | "STORAGE_REGION"
  | "STORAGE_BUCKET"
  | "STORAGE_ACCESS_KEY_ID"
  | "STORAGE_SECRET_KEY_FILE"
>;

/** The store that the environment names, if it names one. */
export function storageOf(env: StorageEnvironment): Storage | undefined {
  const { STORAGE_ENDPOINT: endpoint, STORAGE_REGION: region, STORAGE_BUCKET: bucket } = env;
  const { STORAGE_ACCESS_KEY_ID: accessKeyId, STORAGE_SECRET_KEY_FILE: secretKey } = env;
  if (endpoint === undefined || bucket === undefined) return undefined;
  if (accessKeyId === undefined || secretKey === undefined) return undefined;
  return createStorage({ endpoint, region, bucket, accessKeyId, secretKey });
}

/** RFC 6266: the name in ASCII for old clients, without what could end the quotes, and whole in UTF-8. */
export function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%;]/g, "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${escaped(Buffer.from(name).toString())}`;
}
