import { expect, it } from "vitest";
import { parse } from "yaml";
import { withoutSecrets } from "../../../scripts/operations/preview";

it("previews what was encrypted elsewhere without its secrets, wherever they are", () => {
  const secure = '{ secure: "v1:abc" }';
  const text = `encryptionsalt: v1:salt
config:
  backline:domain: audifi.io
  backline:secrets: { nameKey: ${secure} }
  backline:smtp: { host: mail.example.com, password: ${secure} }
  backline:chains: ${secure}
  backline:vercel:
    token: ${secure}
    projects:
      web:
        password: ${secure}
        environment: { production: { A: "1" } }
        secretEnvironment: { production: { B: ${secure} } }
`;
  expect(parse(withoutSecrets(text))).toEqual({
    config: {
      "backline:domain": "audifi.io",
      "backline:smtp": { host: "mail.example.com", password: "[encrypted]" },
      "backline:chains": "[encrypted]",
      "backline:vercel": {
        token: "[encrypted]",
        projects: {
          web: {
            password: "[encrypted]",
            environment: { production: { A: "1" } },
            secretEnvironment: { production: { B: "[encrypted]" } },
          },
        },
      },
    },
  });
});
