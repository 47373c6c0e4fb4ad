import { createDecipheriv, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(pbkdf2);

/** Of AES-256-GCM, whose tag is at the end of the text. */
const tagBytes = 16;

/**
 * Whether a passphrase is the one of a stack, by the `encryptionsalt` of its file: `v1:<salt>:v1:<nonce>:<text>`, a known
 * word under a key that is made from the passphrase, as Pulumi does it. Undefined: the salt has another form. It takes
 * about half a second of computing, which is what makes guessing slow.
 */
export async function fitsPassphrase(
  passphrase: string,
  encryptionSalt: string,
): Promise<boolean | undefined> {
  const [version, salt, inner, nonce, text] = encryptionSalt.split(":");
  if (version !== "v1" || inner !== "v1" || salt === undefined || nonce === undefined || text === undefined)
    return undefined;
  const key = await derive(passphrase, Buffer.from(salt, "base64"), 1_000_000, 32, "sha256");
  const sealed = Buffer.from(text, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    return (
      `${decipher.update(sealed.subarray(0, -tagBytes), undefined, "utf8")}${decipher.final("utf8")}` ===
      "pulumi"
    );
  } catch {
    return false;
  }
}
