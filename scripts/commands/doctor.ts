import type { Command } from "commander";
import { examples, jsonOption } from "./options";

export function addDoctor(program: Command): void {
  examples(
    program
      .command("doctor")
      .summary("check this machine and say how to mend it")
      .description(
        "Looks at everything that Backline needs of this machine. Ends with exit code 1 if something fails.",
      )
      .addOption(jsonOption())
      .action(async ({ json = false }: { json?: boolean }) => {
        const { doctor } = await import("../operations/doctor");
        await doctor(json);
      }),
    "./backline doctor",
    "./backline doctor --json",
  );
}
