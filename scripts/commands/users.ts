import { Argument, type Command, InvalidArgumentError } from "commander";
import { examples, jsonOption, stackArgument } from "./options";

function emailAddress(text: string): string {
  if (/^[^\s@-][^\s@]*@[^\s@]+\.[^\s@]+$/.test(text) && text.length <= 254) return text;
  throw new InvalidArgumentError("Write the e-mail address that the user signed up with.");
}

/** Commands about the accounts of a stack. */
export function addUsers(program: Command): void {
  const group = program
    .command("users")
    .summary("say who administers the platform")
    .description("Works with the accounts of a stack, inside one of its running workers.")
    .helpCommand("help [command]", "explain a command");
  examples(
    group
      .command("promote")
      .summary("make a user an administrator")
      .description(
        "Gives a user the role admin, which opens the statistics of the API. It counts from their next access token on, and is recorded in the audit table.",
      )
      .addArgument(stackArgument())
      .addArgument(new Argument("<email>", "address that the user signed up with").argParser(emailAddress))
      .addOption(jsonOption())
      .action(async (stack: string, email: string, { json = false }: { json?: boolean }) => {
        const { promoteUser } = await import("../operations/users");
        await promoteUser(stack, email, json);
      }),
    "./backline users promote dev ada@example.com",
    "./backline users promote staging ada@example.com --json",
  );
  examples(
    group
      .command("list-admins")
      .summary("print who the administrators are")
      .description("Prints the users with the role admin.")
      .addArgument(stackArgument())
      .addOption(jsonOption())
      .action(async (stack: string, { json = false }: { json?: boolean }) => {
        const { listAdministrators } = await import("../operations/users");
        await listAdministrators(stack, json);
      }),
    "./backline users list-admins dev",
    "./backline users list-admins staging --json",
  );
  examples(group, "./backline users promote dev ada@example.com", "./backline users list-admins dev");
}
