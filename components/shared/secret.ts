import { inspect } from "node:util";

/**
 * A secret value that does not print: as text, as JSON and in the inspector it is `[secret]`.
 * `reveal` is called only where the value leaves: for a file's content, or as a secret input of a provider.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}
