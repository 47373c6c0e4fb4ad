import type { Session } from "../../scripts/operations/session";
import { seconds } from "../measure";
import { enginePreview, engineUp, unchanged } from "./engine";

/** Runs of the engine that change nothing, in seconds, one of each kind a run. */
export class UnchangedRuns {
  readonly up: number[] = [];
  readonly preview: number[] = [];
  resources = 0;

  constructor(readonly session: Session) {}

  /** The first run, which may still change something: it also fills the caches of the disk. */
  async prepare(): Promise<void> {
    await engineUp(this.session);
    await enginePreview(this.session);
  }

  async measure(): Promise<void> {
    const watch = async (work: () => Promise<string>): Promise<number> =>
      seconds(async () => {
        this.resources = unchanged(await work());
      });
    this.up.push(await watch(() => engineUp(this.session)));
    this.preview.push(await watch(() => enginePreview(this.session)));
  }
}
