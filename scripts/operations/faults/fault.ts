/** A failure of Pulumi, Docker, SSH or a vendor that users meet, told in one sentence with its mend. */
export interface Fault {
  /** What is found in the raw text; the first fault of the list that is found counts. */
  readonly pattern: RegExp;
  /** The sentence: what is wrong, and after a semicolon what to do. */
  readonly say: (match: RegExpExecArray, stack: string) => string;
  /** What was really written once, for docs/faults.md; undefined: nothing that a user would look for. */
  readonly example?: string;
}
