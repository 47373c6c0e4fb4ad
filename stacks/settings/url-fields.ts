import { z } from "zod";
import { checked } from "./fields";

const mend = 'write one such as "https://alerts.example.com/path"';

/** What is wrong with the URL that alerts are posted to, or undefined. One with a password in it is never shown. */
function alertUrlFault(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && (url.username !== "" || url.password !== ""))
    return `has a user or a password in it; ${mend}, with what the receiver wants in its path`;
  // `new URL` drops line breaks and blanks that the value goes on to have.
  if (url === undefined || !/^https?:$/.test(url.protocol) || !/^https?:\/\/[!-~]+$/i.test(value))
    return `${JSON.stringify(value)} is not an http or https URL; ${mend}`;
  return url.hash === ""
    ? undefined
    : `${JSON.stringify(value)} has a fragment, which is never sent; remove it`;
}

/** Where alerts are posted to. */
export const alertUrl = () => checked(z.string(), "format", alertUrlFault);
