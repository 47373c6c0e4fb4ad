import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWindow, protocolOf, startBrowser, type Window } from "./browser";
import { eventually } from "./client";

/** A running platform with a front end. */
export interface FrontEndUsed {
  /** URL of the front end. */
  readonly app: string;
  /** URL of the API. */
  readonly api: string;
  /** File with the CA's certificate; asked for when the platform is up. */
  readonly caPath: () => Promise<string>;
  /** Kills one of the WebSocket servers in the midst of its work; the answer brings it back. */
  readonly killSocketServer: () => Promise<() => Promise<void>>;
}

const screenshot = join(import.meta.dirname, "..", "..", "docs", "images", "front-end.png");

/** What the room shows, oldest first. */
const messagesIn = (page: Page): Promise<string[]> =>
  page.locator(".message:not(.outgoing) p").allTextContents();

const untilConnected = (page: Page) =>
  page.getByRole("status").getByText("Connected", { exact: true }).waitFor();

async function enter(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Enter as a guest" }).click();
  await untilConnected(page);
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

const fitsItsWidth = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>("document.documentElement.scrollWidth <= document.documentElement.clientWidth");

/** Uses the front end in Chromium as two people do. */
export function describeFrontEnd(used: FrontEndUsed): void {
  describe("its front end", () => {
    let browser: Browser;
    let ada: Window;
    let bob: Window;

    beforeAll(async () => {
      browser = await startBrowser(await used.caPath(), [used.app, used.api]);
      ada = await openWindow(browser, used.app, { viewport: { width: 1200, height: 680 } });
    });
    afterAll(async () => {
      await browser?.close();
    });

    it("lets a guest make a room, and another one join it by its link", async () => {
      await enter(ada.page, "Ada");
      await ada.page.getByLabel("Name of the room").fill("Studio");
      await ada.page.getByRole("button", { name: "Make the room" }).click();
      await ada.page.getByRole("heading", { name: "Studio" }).waitFor();
      bob = await openWindow(browser, ada.page.url());
      await enter(bob.page, "Bob");
      await bob.page.getByRole("heading", { name: "Studio" }).waitFor();
    });

    it("shows both who is there, who types, and what they write", async () => {
      for (const { page } of [ada, bob])
        for (const name of ["Ada", "Bob"])
          await page.getByRole("list", { name: "Here now" }).getByText(name).waitFor();
      await bob.page.getByLabel("Message", { exact: true }).pressSequentially("hel");
      await ada.page.getByText("Bob is typing").waitFor();
      await write(bob.page, "hello");
      await write(ada.page, "<b>welcome</b>");
      for (const { page } of [ada, bob])
        await eventually("both messages", async () =>
          (await messagesIn(page)).join() === "hello,<b>welcome</b>" ? true : undefined,
        );
    });

    it("loses nothing and shows nothing twice when a WebSocket server is killed meanwhile", async () => {
      const expected = ["hello", "<b>welcome</b>"];
      let bringBack = async (): Promise<void> => undefined;
      try {
        for (let count = 0; count < 30; count++) {
          if (count === 10) bringBack = await used.killSocketServer();
          for (const [name, { page }] of [["Ada", ada] as const, ["Bob", bob] as const]) {
            await write(page, `${name} ${count}`);
            expected.push(`${name} ${count}`);
          }
        }
        for (const { page } of [ada, bob]) {
          await untilConnected(page);
          await eventually("all messages, each once", async () => {
            const messages = await messagesIn(page);
            return messages.length >= expected.length ? messages : undefined;
          });
        }
      } finally {
        await bringBack();
      }
      const [seenByAda, seenByBob] = [await messagesIn(ada.page), await messagesIn(bob.page)];
      expect([...seenByAda].sort()).toEqual([...expected].sort());
      expect(seenByBob).toEqual(seenByAda);
      // A reload asks the API, which knows what was stored.
      await bob.page.reload();
      await eventually("the stored messages", async () =>
        (await messagesIn(bob.page)).length >= 50 ? true : undefined,
      );
      expect(await messagesIn(bob.page)).toEqual(seenByAda.slice(-50));
      for (const name of ["Ada", "Bob"]) {
        const own = seenByAda.filter((text) => text.startsWith(`${name} `));
        expect(own).toEqual(Array.from({ length: 30 }, (_, count) => `${name} ${count}`));
      }
    });

    it("starts a job, shows its progress until it is completed, and cancels another", async () => {
      const { page } = ada;
      const newest = page.locator(".job").first();
      await page.getByRole("button", { name: "Start a job" }).click();
      await eventually("progress", async () => {
        const value = Number(await newest.getByRole("progressbar").getAttribute("value"));
        return value > 0 && value < 100 ? true : undefined;
      });
      await newest.getByText("completed").waitFor();
      expect(await newest.getByRole("progressbar").getAttribute("value")).toBe("100");
      await page.getByRole("button", { name: "Start a job" }).click();
      await page.getByRole("button", { name: "Cancel" }).click();
      await newest.getByText("cancelled").waitFor();
      expect(await page.locator(".job").count()).toBe(2);
    });

    it("is used with the keyboard alone, and a focus can be seen", async () => {
      const { page } = await openWindow(browser, used.app);
      const press = async (...keys: string[]) => {
        for (const key of keys) await page.keyboard.press(key);
      };
      await page.getByLabel("Your name").waitFor();
      // Skip link, start page, way to enter, name.
      await press("Tab", "Tab", "Tab", "Tab");
      await page.keyboard.type("Carol");
      await press("Enter");
      await untilConnected(page);
      // From the top: skip link, which leads to the content, whose first field is the room's name.
      await page.reload();
      await page.getByLabel("Name of the room").waitFor();
      await press("Tab", "Enter", "Tab");
      await page.keyboard.type("By hand");
      const outline = await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
      expect(outline).toBe("solid");
      await press("Enter");
      await page.getByRole("heading", { name: "By hand" }).waitFor();
      await eventually("the message field to have the focus", async () => {
        await press("Tab");
        return (await page.evaluate<string>("document.activeElement.placeholder ?? ''")) !== ""
          ? true
          : undefined;
      });
      await page.keyboard.type("typed");
      await press("Enter");
      await page.locator(".message:not(.outgoing)").getByText("typed").waitFor();
    });

    it("fits a phone, in light and dark", async () => {
      for (const colorScheme of ["light", "dark"] as const) {
        const { page } = await openWindow(browser, ada.page.url(), {
          ...{ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme },
        });
        await page.getByLabel("Your name").waitFor();
        expect(await fitsItsWidth(page)).toBe(true);
        await enter(page, "A name that is as long as names of people who like their names to be long");
        await page.getByRole("heading", { name: "Studio" }).waitFor();
        await write(page, colorScheme.repeat(60));
        await page.getByText(colorScheme.repeat(60)).waitFor();
        expect(await fitsItsWidth(page)).toBe(true);
        const [ground, text] = await Promise.all(
          ["backgroundColor", "color"].map((key) =>
            page.evaluate<string>(`getComputedStyle(document.body).${key}`),
          ),
        );
        const brightness = (color = "") =>
          (color.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
        expect(brightness(ground) > brightness(text)).toBe(colorScheme === "light");
        await page.context().close();
      }
    });

    it("keeps to its security policy, and to files that browsers may keep", async () => {
      expect([...ada.errors, ...bob.errors]).toEqual([]);
      const { page } = await openWindow(browser, "about:blank");
      const index = await page.goto(used.app);
      expect(index?.headers()).toMatchObject({ "cache-control": "no-cache" });
      expect(index?.headers()["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
      const [script] = (await index?.text())?.match(/\/assets\/[^"]+\.js/) ?? [];
      const asset = await page.goto(`${used.app}${script}`);
      expect(asset?.headers()).toMatchObject({ "cache-control": "public, max-age=31536000, immutable" });
      // What a page of the release before asks for.
      const earlier = await page.goto(`${used.app}/assets/index-earlier.js`);
      expect([earlier?.status(), earlier?.headers()["cache-control"]]).toEqual([200, "no-store"]);
      expect(await earlier?.text()).toContain("location.reload()");
      const config = await page.goto(`${used.app}/config.json`);
      expect(await config?.json()).toMatchObject({ api: used.api });
    });

    it("comes over HTTP/2, and over HTTP/3 at the port that it names", async () => {
      const { page } = await openWindow(browser, "about:blank");
      const answer = await page.goto(used.app);
      expect(await protocolOf(page)).toBe("h2");
      expect(answer?.headers()["alt-svc"]).toBe(`h3=":${new URL(used.app).port || 443}"; ma=2592000`);
      const other = await startBrowser(await used.caPath(), [used.app, used.api], { http3: true });
      try {
        const window = await openWindow(other, used.app);
        expect(await protocolOf(window.page)).toBe("h3");
        // The page has asked the API.
        await window.page.getByLabel("Your name").waitFor();
      } finally {
        await other.close();
      }
    });

    // Not skipped otherwise: there is nothing to test.
    if (process.env.UPDATE_SCREENSHOT === "1")
      it("has its picture taken for the README", async () => {
        const { page } = ada;
        await page.goto(`${used.app}/#/`);
        await page.getByLabel("Name of the room").fill("Mix review");
        await page.getByRole("button", { name: "Make the room" }).click();
        await page.getByRole("heading", { name: "Mix review" }).waitFor();
        await bob.page.goto(page.url());
        for (const [{ page: writer }, text] of conversation(ada, bob)) {
          await write(writer, text);
          await page.locator(".message:not(.outgoing)").getByText(text).waitFor();
        }
        await page.getByRole("button", { name: "Start a job" }).click();
        await page.getByText(/active, [4-9]\d %/).waitFor();
        await bob.page.getByLabel("Message", { exact: true }).pressSequentially("I am ");
        await page.getByText("Bob is typing").waitFor();
        mkdirSync(dirname(screenshot), { recursive: true });
        await page.screenshot({ path: screenshot });
      });
  });
}

const conversation = (ada: Window, bob: Window): [Window, string][] => [
  [bob, "The new mix is up."],
  [ada, "Listening now. The voice is much clearer than yesterday."],
  [bob, "I took two decibels off the strings."],
  [ada, "That was it. I start the export."],
];
