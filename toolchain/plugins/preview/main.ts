import { servePlugin } from "../shared/serve";
import { messageOf } from "../shared/unary";
import { identityOf } from "./identity";
import { PreviewProvider } from "./provider";

try {
  servePlugin(new PreviewProvider(identityOf(process.argv[1] ?? "")));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
