import { block } from "./syntax";

/**
 * Compresses what the site's own pages and programs ask for. The length of a compressed answer tells what it has in
 * common with the request (BREACH, https://www.breachattack.com), to somebody who makes a visitor's browser send many of
 * them: browsers say of those that they are `cross-site`, and cannot be kept from it by a page. Those that are too old
 * to say so are known by their Referer.
 */
export const compression = [
  ...block("@own", [
    "not header Sec-Fetch-Site cross-site",
    ...block("not", ["header Referer *", "header !Sec-Fetch-Site"]),
  ]),
  "encode @own zstd gzip",
];
