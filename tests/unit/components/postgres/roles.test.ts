import { describe, expect, it } from "vitest";
import { renderRoles, rolesAfter } from "../../../../components/postgres/roles";
import { Secret } from "../../../../components/shared/secret";

const sql = (rotations: number, other?: string) =>
  renderRoles({
    database: "audifi",
    adminPassword: new Secret("admin"),
    password: new Secret("it's new"),
    otherPassword: other === undefined ? undefined : new Secret(other),
    rotations,
    monitoringPassword: new Secret("monitoring"),
  }).split("\n");

describe("the services' roles at PostgreSQL", () => {
  it("take turns", () => {
    expect([0, 1, 2].map(rolesAfter)).toEqual([
      { used: "backline", other: "backline_alternate" },
      { used: "backline_alternate", other: "backline" },
      { used: "backline", other: "backline_alternate" },
    ]);
  });

  it("both sign in while there are two passwords, each with its own", () => {
    expect(sql(1, "old").slice(-3)).toEqual([
      "ALTER ROLE backline_alternate LOGIN NOSUPERUSER PASSWORD 'it''s new';",
      "ALTER ROLE backline LOGIN NOSUPERUSER PASSWORD 'old';",
      "",
    ]);
  });

  it("are one afterwards: the other one has no password, may not sign in and is cut off", () => {
    expect(sql(1).slice(-4)).toEqual([
      "ALTER ROLE backline_alternate LOGIN NOSUPERUSER PASSWORD 'it''s new';",
      "ALTER ROLE backline NOLOGIN NOSUPERUSER PASSWORD NULL;",
      "DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'backline'; END $$;",
      "",
    ]);
  });

  it("leave what they make to one owner, whichever is in use", () => {
    for (const rotations of [0, 1]) {
      expect(sql(rotations)).toContain('ALTER DATABASE "audifi" OWNER TO backline;');
      expect(sql(rotations)).toContain(
        "ALTER ROLE backline_alternate INHERIT; GRANT backline TO backline_alternate; ALTER ROLE backline_alternate SET role TO backline;",
      );
    }
  });
});
