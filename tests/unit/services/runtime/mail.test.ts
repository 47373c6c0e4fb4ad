import { describe, expect, it } from "vitest";
import { messageId, requiresTls } from "../../../../services/runtime/mail";
import { mailContent, renderMail } from "../../../../services/runtime/mail-templates";

describe("mails", () => {
  it("escape names, and keep them on one line and out of the subject", () => {
    const mail = renderMail({
      template: "welcome",
      to: "ada@example.com",
      name: "<script>\"'&\r\nBcc: eve@example.com\u2028",
    });
    expect(mail.subject).toBe("Welcome");
    expect(mail.text.split("\n")[0]).toBe("Hello <script>\"'& Bcc: eve@example.com,");
    expect(mail.html).toContain("<p>Hello &lt;script&gt;&quot;&#39;&amp; Bcc: eve@example.com,</p>");
  });

  it("show figures and what the day has added", () => {
    const total = { users: 12, guests: 3, rooms: 2, messages: 40 };
    const content = {
      template: "report",
      to: "a@example.com",
      stack: "dev",
      day: "2030-01-31",
      total,
    } as const;
    const mail = renderMail({ ...content, added: { users: 2, guests: -1, rooms: 0, messages: 9 } });
    expect(mail.subject).toBe("Figures of dev, 2030-01-31");
    expect(mail.text.split("\n").slice(2, 5)).toEqual([
      "                 total    last day",
      "users               12          +2",
      "guests               3          -1",
    ]);
    expect(mail.html).toContain("<tr><td>messages</td><td>40</td><td>+9</td></tr>");
    expect(renderMail({ ...content, added: null }).text).toContain("rooms                2           -\n");
  });

  it.each(["ada@example.com\r\nBcc: eve@example.com", "ada", "a@b.example, c@d.example"])(
    "go to one address, so not to %j",
    (to) => {
      expect(mailContent.safeParse({ template: "welcome", to, name: "Ada" }).success).toBe(false);
    },
  );

  it("have an id that follows from their job", () => {
    const from = "Backline <no-reply@example.com>";
    expect(messageId("outbox-7", { from, stack: "qa" })).toBe("<outbox-7.qa@example.com>");
    expect(messageId("outbox-7", { from: "a@b.example", stack: "qa" })).toBe("<outbox-7.qa@b.example>");
  });

  it("need TLS but on the ports of servers of one's own, and always where a password is sent", () => {
    const user = { name: "u", password: "p" };
    expect([25, 587, 1025, 2525].map((port) => requiresTls({ port }))).toEqual([false, true, false, true]);
    expect(requiresTls({ port: 25, user })).toBe(true);
  });
});
