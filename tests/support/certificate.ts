import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** A certificate of its own for localhost, good for two days, and its key, as files in a new folder of `directory`. */
export async function makeCertificate(
  directory: string,
): Promise<{ readonly keyFile: string; readonly certificateFile: string }> {
  const own = await mkdtemp(join(directory, "certificate-"));
  const [keyFile, certificateFile] = [join(own, "key.pem"), join(own, "certificate.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  await execa("openssl", ["req", "-x509", ...kind, "-keyout", keyFile, "-out", certificateFile, ...subject]);
  return { keyFile, certificateFile };
}
