import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface MadeCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface Wanted {
  readonly names: readonly string[];
  /** `20260101000000Z` and so on: when it begins and ends. Default: from now for ten years. */
  readonly from?: string;
  readonly until?: string;
  readonly authority?: boolean;
}

/** A certificate that signs itself, and its key, in PEM form. Made by OpenSSL anew each time. */
export function makeCertificate({ names, from, until, authority = false }: Wanted): MadeCertificate {
  const directory = mkdtempSync(join(tmpdir(), "backline-certificate-"));
  const path = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: directory, stdio: "pipe" });
  try {
    writeFileSync(
      path("config"),
      [
        "[ca]\ndefault_ca = own",
        "[own]\ndatabase = index\nserial = serial\nnew_certs_dir = .\ndefault_md = sha256\npolicy = any\nx509_extensions = extensions",
        "[any]\ncommonName = supplied",
        "[req]\ndistinguished_name = name\nprompt = no",
        `[name]\nCN = ${names[0] ?? "test"}`,
        `[extensions]\nbasicConstraints = critical, CA:${authority ? "TRUE" : "FALSE"}\nsubjectAltName = ${names.map((name) => `DNS:${name}`).join(",")}`,
      ].join("\n"),
    );
    writeFileSync(path("index"), "");
    writeFileSync(path("serial"), "01");
    openssl(
      "req",
      "-new",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-config",
      "config",
      "-keyout",
      "key",
      "-out",
      "request",
    );
    const times =
      from === undefined || until === undefined ? ["-days", "3650"] : ["-startdate", from, "-enddate", until];
    openssl(
      "ca",
      "-batch",
      "-selfsign",
      "-notext",
      "-config",
      "config",
      "-keyfile",
      "key",
      "-in",
      "request",
      "-out",
      "certificate",
      ...times,
    );
    return {
      certificate: readFileSync(path("certificate"), "utf8"),
      key: readFileSync(path("key"), "utf8"),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
