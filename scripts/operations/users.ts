import { z } from "zod";
import { checkStack } from "./check-stack";
import { projectRoot as root } from "./project";
import { print, printJson } from "./say";
import { table } from "./table";
import { runInWorker } from "./worker-program";

const administrator = z.object({ id: z.string(), name: z.string(), email: z.string().nullable() });
const promotion = administrator.extend({ changed: z.boolean() });

/** Makes a user an administrator. */
export async function promoteUser(stack: string, email: string, json: boolean): Promise<void> {
  const { settings } = checkStack(root, stack, { missing: "warn" });
  const user = await runInWorker(settings, ["users", "promote", email], promotion);
  if (json) printJson(user);
  else if (user.changed)
    print(`${user.email} is an administrator from their next access token on, within a quarter of an hour`);
  else print(`${user.email} is an administrator already`);
}

/** Prints who the administrators are. */
export async function listAdministrators(stack: string, json: boolean): Promise<void> {
  const { settings } = checkStack(root, stack, { missing: "warn" });
  const users = await runInWorker(settings, ["users", "list-admins"], z.array(administrator));
  if (json) printJson(users);
  else if (users.length === 0)
    print(`There are no administrators; ./backline users promote ${stack} <email> makes one.`);
  else
    print(
      table(
        ["USER", "E-MAIL", "NAME"],
        users.map(({ id, name, email }) => [id, email ?? "-", name]),
      ),
    );
}
