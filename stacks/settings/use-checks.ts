/** Keys of a stack's file that its system has no use for. */
import { storeVariables } from "../../components/service/image-environment";
import type { ServiceDescription, SystemDescription } from "../systems";
import type { Finding } from "./checks";
import type { StackConfig } from "./schema";

type ServiceConfig = NonNullable<StackConfig["services"]>[string];

const stores = { postgres: "PostgreSQL", redis: "Redis" } as const;

export function checkUse(config: StackConfig, system: SystemDescription): Finding[] {
  const absent = (["postgres", "redis"] as const)
    // An empty group is what Pulumi.yaml gives who names none.
    .filter((store) => system[store] === undefined && Object.keys(config[store] ?? {}).length > 0)
    .map((store) => ({
      code: "no-effect" as const,
      path: store,
      message: `has no effect: the system ${system.name} has no ${stores[store]}; remove it`,
    }));
  const services = Object.entries(config.services ?? {}).flatMap(([name, service]) => {
    const described = system.services[name];
    return described === undefined ? [] : checkService(name, service, described);
  });
  return [...absent, ...services];
}

function checkService(name: string, config: ServiceConfig, described: ServiceDescription): Finding[] {
  const found = (key: string, why: string): Finding => ({
    code: "no-effect",
    path: `services.${name}.${key}`,
    message: `has no effect: ${why}`,
  });
  if (described.image === undefined)
    return (["image", "environment"] as const)
      .filter((key) => config[key] !== undefined)
      .map((key) =>
        found(
          key,
          `${name} is built from services/${described.source}, and only a service from an image has this key; remove it`,
        ),
      );
  return [
    ...(config.logLevel === undefined
      ? []
      : [
          found(
            "logLevel",
            `${name} is from an image, which has a variable of its own for that; write it in services.${name}.environment`,
          ),
        ]),
    ...Object.keys(config.environment ?? {}).flatMap((variable): Finding[] => {
      const fault = variableFault(variable, described);
      return fault === undefined
        ? []
        : [
            {
              code: "environment-variable",
              path: `services.${name}.environment.${variable}`,
              message: fault,
            },
          ];
    }),
  ];
}

/** What is wrong with the name of a plain variable of a container; undefined where nothing is. */
export function variableFault(
  variable: string,
  {
    needs = [],
    secrets = {},
  }: { readonly needs?: readonly (keyof typeof storeVariables)[]; readonly secrets?: object },
): string | undefined {
  const shown = JSON.stringify(variable);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable))
    return `${shown} is not the name of a variable; write letters, digits and "_", beginning with a letter`;
  const store = needs.find((need) => storeVariables[need].includes(variable));
  if (store !== undefined)
    return `${shown} is given to whatever needs ${stores[store]}; write another name or remove it`;
  return Object.hasOwn(secrets, variable)
    ? `${shown} holds the path of a secret's file; write another name or remove it`
    : undefined;
}
