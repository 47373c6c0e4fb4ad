import { OriginCaCertificate } from "@pulumi/cloudflare/originCaCertificate.js";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** Days that Cloudflare signs at most: 15 years. Nobody renews it, and it can be made anew at any time. */
const validity = 5_475;

export interface OriginCertificateArgs {
  /** Host names that the proxy serves, wildcards among them. */
  readonly hostnames: readonly string[];
}

/**
 * A certificate that Cloudflare signs and only Cloudflare knows, for what it asks behind itself. The key is made on the
 * machine that runs Pulumi, once, by OpenSSL, and is a secret of the state; it is never a file there.
 */
export class OriginCertificate extends pulumi.ComponentResource {
  /** In PEM form. */
  readonly certificate: pulumi.Output<string>;
  /** In PEM form; secret. */
  readonly key: pulumi.Output<string>;

  constructor(name: string, { hostnames }: OriginCertificateArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:dns:OriginCertificate", name, {}, options);
    const child = { parent: this };
    // Run again, they make another key.
    const once = { ignoreChanges: ["environment"] };
    const key = new local.Command(
      `${name}-key`,
      { create: keyScript, logging: local.Logging.Stderr },
      { ...child, ...once, additionalSecretOutputs: ["stdout"] },
    );
    // The request holds the public half alone, and changes with the key.
    const request = new local.Command(
      `${name}-request`,
      { create: requestScript, stdin: pulumi.secret(key.stdout), logging: local.Logging.Stderr },
      { ...child, ...once },
    );
    const signed = new OriginCaCertificate(
      `${name}-signed`,
      {
        csr: pulumi.unsecret(request.stdout),
        hostnames: [...hostnames],
        requestType: "origin-ecc",
        requestedValidity: validity,
      },
      child,
    );
    this.certificate = signed.certificate;
    this.key = pulumi.secret(key.stdout);
    this.registerOutputs({});
  }
}

const needsOpenssl =
  'command -v openssl > /dev/null || { echo "openssl is not installed here; it makes the key of the certificate" >&2; exit 1; }';

/** PKCS #8, on the NIST curve P-256. */
export const keyScript = `${needsOpenssl}; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`;

/**
 * Cloudflare takes the names from its own argument, and of the request the key alone. `cat`, since OpenSSL opens its standard
 * input by name, which cannot be done where that is a socket.
 */
export const requestScript = `${needsOpenssl}; cat | openssl req -new -key /dev/stdin -subj /CN=origin`;
