import type { ProxySettings } from "./args";
import { certificateFiles, originFiles, originPullFile } from "./files";
import { block } from "./syntax";

/** Suites of TLS 1.2 with forward secrecy and authenticated encryption; TLS 1.3 has no others. */
const ciphers = [
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

function head(certificates: ProxySettings["certificates"]): string {
  if (certificates.kind === "internal") return "tls internal";
  if (certificates.kind === "acme") return "tls";
  const { certificate, key } =
    certificates.kind === "cloudflare" ? originFiles : certificateFiles(certificates);
  return `tls ${certificate.path} ${key.path}`;
}

const clientCertificates = block("client_auth", [
  "mode require_and_verify",
  `trust_pool file ${originPullFile.path}`,
]);

export const tls = ({ certificates, originPulls }: ProxySettings): string[] =>
  block(head(certificates), [
    "protocols tls1.2 tls1.3",
    `ciphers ${ciphers.join(" ")}`,
    ...(originPulls ? clientCertificates : []),
  ]);
