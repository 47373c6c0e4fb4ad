import { createContext, use, useCallback, useState, useSyncExternalStore } from "react";
import { textOf } from "../api/errors";
import type { App } from "../app";
import type { Observable } from "../observable";

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = use(AppContext);
  if (app === undefined) throw new Error("a component is outside of AppContext");
  return app;
}

export function useValue<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.get);
}

export interface Action {
  /** Runs it unless it is running already; answers whether it succeeded. */
  readonly run: (task: () => Promise<void>) => Promise<boolean>;
  readonly busy: boolean;
  /** What the last run ended with, for the user. */
  readonly error: string | undefined;
}

/** Something that takes a while and may fail. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const run = useCallback(async (task: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await task();
      return true;
    } catch (thrown) {
      setError(textOf(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { run, busy, error };
}
