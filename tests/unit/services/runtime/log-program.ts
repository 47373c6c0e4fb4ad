/** A process of log-output.test.ts: its own marks tell what of the log is out when they are written. */
import { writeSync } from "node:fs";
import { createLog } from "../../../../services/runtime/log";

const log = createLog({ service: "api", level: "info", stack: "dev", version: "1" });
const mark = (msg: string): void => {
  writeSync(1, `${JSON.stringify({ msg })}\n`);
};

log.info("asked");
mark("nothing yet");
log.warn("careful");
mark("both are out");
log.info("last");
