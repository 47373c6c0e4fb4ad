import { engineAddress, servePlugin } from "../shared/serve";
import { LanguageHost } from "./host";

servePlugin(new LanguageHost(engineAddress(process.argv.slice(2))));
