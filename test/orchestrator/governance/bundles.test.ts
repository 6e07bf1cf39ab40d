import { cpSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../schema/index.ts";
import { Site } from "./site.ts";

const BUNDLES = path.join(packageRoot(), "test", "fixtures", "bundles");
const VERIFY = { key: "keys/rs256.pem", algorithm: "RS256" };

/** A site whose governance directory holds the bundles and keys of the fixtures. */
function site(policies: unknown, ...files: string[]): Site {
  const made = new Site();
  made.govern({ policies });
  made.write("governance/keys/.keep", "");
  for (const file of files) {
    const to = file.endsWith(".pem") ? "keys" : "";
    cpSync(path.join(BUNDLES, file), path.join(made.governance, to, file));
  }
  return made;
}

describe("bundles of OPA in a governance file", () => {
  it("are named by their file, or with the key that must have signed them (GOV-6, GOV-20)", async () => {
    const made = site(
      ["plain.tar.gz", { path: "rs256.tar.gz", verify: VERIFY, input: { view: "file" } }],
      "plain.tar.gz",
      "rs256.tar.gz",
      "rs256.pem",
    );
    const { policies } = await made.load();
    expect(policies.map(({ id, version, origin, error }) => ({ id, version, origin, error }))).toEqual([
      { id: "plain", version: "r1", origin: "governance", error: undefined },
      { id: "rs256", version: "r1", origin: "governance", error: undefined },
    ]);
    expect(policies[1]?.bundle).toEqual({
      verify: { ...VERIFY, key: path.join(made.governance, "keys", "rs256.pem") },
      input: { view: "file" },
    });
  });

  it("deny where the signature does not fit, and load all others (GOV-7, GOV-20)", async () => {
    const made = site(
      [{ path: "hs256.tar.gz", verify: VERIFY }, "es256-scoped.tar.gz", "plain.tar.gz", "one"],
      "hs256.tar.gz",
      "es256-scoped.tar.gz",
      "plain.tar.gz",
      "rs256.pem",
    );
    made.policy("governance/one", "one");
    const { policies } = await made.load();
    expect(policies.map(({ id, error }) => [id, error])).toEqual([
      ["hs256.tar.gz", expect.stringMatching(/RS256 do not verify/)],
      ["es256-scoped.tar.gz", expect.stringMatching(/governance names no key for it/)],
      ["plain", undefined],
      ["one", undefined],
    ]);
  });

  it("give the same governance digest elsewhere, and another under another key or view (GOV-13)", async () => {
    const digestOf = async (entry: object) => {
      const made = site([{ path: "rs256.tar.gz", ...entry }], "rs256.tar.gz", "rs256.pem");
      return (await made.load()).digest;
    };
    const digest = await digestOf({ verify: VERIFY });
    expect(await digestOf({ verify: VERIFY })).toBe(digest);
    expect(await digestOf({ verify: { ...VERIFY, keyid: "default" } })).not.toBe(digest);
    expect(await digestOf({ verify: VERIFY, input: { view: "documents" } })).not.toBe(digest);
  });

  it("are refused where the entry, its file or its key is not what it should be (GOV-6, GOV-20)", async () => {
    await site([{ path: "gone.tar.gz" }]).refused("governance_invalid", /gone\.tar\.gz.* does not exist/);
    const directory = site([{ path: "one" }]);
    directory.policy("governance/one", "one");
    await directory.refused("governance_invalid", /`one` in policies is no bundle of OPA/);
    const keyless = site([{ path: "rs256.tar.gz", verify: VERIFY }], "rs256.tar.gz");
    await keyless.refused("governance_invalid", /The key of a bundle .*rs256\.pem does not exist/);
    const leaving = site([{ path: "rs256.tar.gz", verify: { ...VERIFY, key: "../k.pem" } }], "rs256.tar.gz");
    leaving.write("k.pem", "");
    await leaving.refused("governance_invalid", /leaves the governance directory/);
    const own = site(["linked.tar.gz"]);
    cpSync(path.join(BUNDLES, "plain.tar.gz"), path.join(own.workspace, "plain.tar.gz"));
    symlinkSync(path.join(own.workspace, "plain.tar.gz"), path.join(own.governance, "linked.tar.gz"));
    await own.refused("governance_invalid", /leaves the governance directory/);
    await site([{ path: "a.tar.gz", verify: { key: "k", algorithm: "none" } }]).refused(
      "governance_invalid",
      /algorithm/,
    );
    await site([{ path: "a.tar.gz", trust: true }]).refused("governance_invalid", /trust/);
  });

  it("are no packs in the workspace: a pack there is a directory (GOV-11)", async () => {
    const made = site(["plain.tar.gz"], "plain.tar.gz");
    made.write(".keep", "");
    made.write("workspace/.cabincrew/policies/.keep", "");
    cpSync(path.join(BUNDLES, "plain.tar.gz"), path.join(made.workspace, ".cabincrew/policies/mine.tar.gz"));
    const { policies } = await made.load();
    expect(policies.map(({ origin, error }) => [origin, error])).toEqual([
      ["governance", undefined],
      ["workspace", expect.stringMatching(/a pack is a directory/)],
    ]);
  });
});
