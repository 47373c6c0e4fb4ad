import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

const count = new pulumi.Config().requireNumber("resources");

// `:` is the shell's own command that does nothing.
for (let index = 0; index < count; index += 1)
  new local.Command(`command-${index}`, {
    create: ":",
    update: ":",
    triggers: [String(index)],
  });
