import { createRoot } from "react-dom/client";
import { createApp } from "./app";
import { loadConfig } from "./config";
import "./style.css";
import { AppContext } from "./ui/hooks";
import { Page } from "./ui/page";

const container = document.getElementById("app");
if (container === null) throw new Error("index.html has no #app");
const root = createRoot(container);

try {
  const app = createApp(await loadConfig(() => fetch("/config.json", { cache: "no-cache" })));
  root.render(
    <AppContext value={app}>
      <Page />
    </AppContext>,
  );
} catch (error) {
  root.render(
    <main className="card" role="alert">
      <h1>Backline cannot start</h1>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <p>Load the page again. If this stays, tell those who operate it.</p>
    </main>,
  );
}
