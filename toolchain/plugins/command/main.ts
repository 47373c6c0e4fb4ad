import { engineAddress, servePlugin } from "../shared/serve";
import { CommandProvider } from "./provider";

servePlugin(new CommandProvider(engineAddress(process.argv.slice(2))));
