/** The certificate and the ciphers that the real Caddy offers. */
import { X509Certificate } from "node:crypto";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MadeCertificate, makeCertificate } from "../support/certificates";
import type { ServedProxy } from "../support/served-proxy";
import { type Ports, serveSites } from "../support/served-sites";

const [given, newer] = [
  makeCertificate({ names: ["*.localhost"] }),
  makeCertificate({ names: ["*.localhost"] }),
];

const keysOf = ({ certificate, key }: MadeCertificate) => ({
  certificates: "files",
  certificate,
  certificateKey: key,
});
const fingerprint = ({ certificate }: MadeCertificate) => new X509Certificate(certificate).fingerprint256;

interface Agreed {
  readonly protocol: string | null;
  readonly cipher: string;
  readonly application: TLSSocket["alpnProtocol"];
  readonly fingerprint: string;
}

describe("TLS with a given certificate", () => {
  let served: ServedProxy;
  let ports: Ports;
  let reload: (keys: Record<string, unknown>) => Promise<void>;
  beforeAll(async () => {
    ({ served, ports, reload } = await serveSites(keysOf(given)));
  });
  afterAll(() => served?.remove());

  /** What is agreed upon with a client that offers only so much; rejects with the alert that the server sends. */
  const handshake = (options: ConnectionOptions) =>
    new Promise<Agreed>((resolve, reject) => {
      const socket = connect({
        host: "127.0.0.1",
        port: ports.https,
        servername: "api.localhost",
        rejectUnauthorized: false,
        ...options,
      });
      socket.on("error", reject);
      socket.on("secureConnect", () => {
        resolve({
          protocol: socket.getProtocol(),
          cipher: socket.getCipher().standardName,
          application: socket.alpnProtocol,
          fingerprint: socket.getPeerCertificate().fingerprint256,
        });
        socket.destroy();
      });
    });

  it("shows that certificate, and speaks TLS 1.3 and HTTP/2", async () => {
    expect(await handshake({ ALPNProtocols: ["h2", "http/1.1"] })).toMatchObject({
      protocol: "TLSv1.3",
      application: "h2",
      fingerprint: fingerprint(given),
    });
  });

  it.each([
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
  ])("agrees on TLS 1.2 with %s", async (ciphers) => {
    expect(await handshake({ maxVersion: "TLSv1.2", ciphers })).toMatchObject({ protocol: "TLSv1.2" });
  });

  it.each([
    [
      "a suite without authenticated encryption",
      { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA" },
      /ALERT_HANDSHAKE_FAILURE$/,
    ],
    [
      "TLS 1.1",
      { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" },
      /ALERT_PROTOCOL_VERSION$/,
    ],
  ] as const)("refuses %s", async (_name, options, code) => {
    await expect(handshake(options)).rejects.toMatchObject({ code: expect.stringMatching(code) });
  });

  it("refuses a renegotiation that a client begins", async () => {
    const renegotiated = new Promise((resolve, reject) => {
      const options = { port: ports.https, servername: "api.localhost", rejectUnauthorized: false };
      const socket = connect({ ...options, host: "127.0.0.1", maxVersion: "TLSv1.2" });
      socket.on("error", reject);
      socket.on("secureConnect", () =>
        socket.renegotiate({}, (error) => (error ? reject(error) : resolve(undefined))),
      );
    });
    await expect(renegotiated).rejects.toMatchObject({
      code: expect.stringMatching(/ALERT_UNEXPECTED_MESSAGE$/),
    });
  });

  it("keeps the certificate when a new one is refused, and shows a good one after a reload", async () => {
    await expect(reload(keysOf({ certificate: newer.certificate, key: given.key }))).rejects.toThrow(
      "private key does not match public key",
    );
    expect(await handshake({})).toMatchObject({ fingerprint: fingerprint(given) });
    await reload(keysOf(newer));
    expect(await handshake({})).toMatchObject({ fingerprint: fingerprint(newer) });
  });
});
