import { mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { readConfigFlags } from "../../bin/config-flags.ts";
import { main } from "../../bin/main.ts";
import { parseCommandLine } from "../../bin/parse.ts";
import { type RequestValues, runRequest } from "../../bin/run-request.ts";
import { nearest } from "../../bin/suggest.ts";
import { crewOptions, stateDirectory } from "../../bin/surroundings.ts";
import { nameOf, type Verb } from "../../bin/verb.ts";
import { VERBS } from "../../bin/verbs.ts";
import { captured } from "./reports.ts";

async function typed(...argv: string[]): Promise<Record<string, unknown>> {
  const parsed = await parseCommandLine(argv, VERBS);
  if (parsed.kind === "text") throw new Error(parsed.text);
  return parsed.args as unknown as Record<string, unknown>;
}

const refusal = (...argv: string[]) =>
  typed(...argv)
    .then(requestOf)
    .then(
      () => "accepted",
      (error: Error & { code?: string; next?: string }) => `${error.code}: ${error.message} ${error.next}`,
    );
const requestOf = (args: Record<string, unknown>) => runRequest(args as unknown as RequestValues, false);
const request = async (...argv: string[]) => requestOf(await typed("run", ...argv));

describe("a command line", () => {
  test("in an example names a run by as many characters as it must", () => {
    const all = (verbs: readonly Verb[]): readonly Verb[] => verbs.flatMap((each) => [each, ...all(each.verbs)]);
    const refs = all(VERBS).flatMap(({ examples }) => examples.flatMap(([line]) => line.match(/\b01\w+/g) ?? []));
    expect(refs.length).toBeGreaterThan(10);
    expect(refs.filter((ref) => ref.length < 8)).toEqual([]);
  });

  test("takes everything after -- as the command, flags included", async () => {
    const made = await request("src", "--network", "--", "npm", "run", "fix", "--", "--json", "-x=1", "007");
    expect(made.engine).toEqual({ command: ["npm", "run", "fix", "--", "--json", "-x=1", "007"] });
    expect(made).toMatchObject({ workspace: path.resolve("src"), permissions: { network: true }, sandbox: "auto" });
  });

  test("keeps words that look like numbers, and flags before the verb", async () => {
    expect((await typed("show", "0123456789"))["run"]).toBe("0123456789");
    expect(await typed("--json", "list", "--limit", "5")).toMatchObject({ json: true, limit: 5 });
  });

  test("takes one value for each repeated flag, and never swallows the workspace", async () => {
    const made = await request("--env", "HOME", "--env", "LANG", "--read", "/a", "w", "--", "ls");
    expect(made.permissions).toMatchObject({ env: ["HOME", "LANG"], read: ["/a"] });
    expect(made.workspace).toBe(path.resolve("w"));
  });

  test("maps secrets by name and never repeats what may be one", async () => {
    expect((await request("--secret", "KEY=env:MY_KEY", "--", "ls")).permissions.secrets).toEqual([
      { name: "KEY", source: { kind: "env", variable: "MY_KEY" } },
    ]);
    for (const mistake of ["hunter2", "KEY=hunter2", "KEY=env:hunter 2"]) {
      expect(await refusal("run", "--secret", mistake, "--", "ls")).toMatch(/^usage: (?!.*hunter2)/);
    }
  });

  test.each([
    [["run"], "nothing to run"],
    [["run", "--"], "nothing to run"],
    [["run", "--", ""], "empty word"],
    [["run", ".", "npm", "test"], "Put the command after `--`"],
    [["run", "--engine", "a", "--engine", "b"], "--engine was given more than once"],
    [["run", "--engine", "a", "--", "ls"], "Two engines were given"],
    [["run", "--engine"], "--engine needs a value"],
    [["run", "--engine", "", "--", "ls"], "--engine is empty"],
    [["run", "", "--", "ls"], "workspace is empty"],
    [["run", "--no-network", "--", "ls"], "There is no flag --no-network"],
    [["run", "--netwrok", "--", "ls"], "Did you mean --network?"],
    [["run", "--network=yes", "--", "ls"], "--network is a switch"],
    [["run", "--sandbox", "maybe", "--", "ls"], 'sandbox cannot be "maybe"'],
    [["run", "--format", "html", "--", "ls"], 'format cannot be "html"'],
    [["run", "--format", "sarif", "--json", "--", "ls"], "--json and --format"],
    [["run", "--format", "sarif", "--events", "--", "ls"], "--events and --format"],
    [["run", "--timeout", "soon", "--", "ls"], "--timeout needs a number"],
    [["run", "--timeout", "-1", "--", "ls"], "--timeout needs"],
    [["run", "--env", "A=B", "--", "ls"], "not the name of an environment variable"],
    [["run", "--workflow", "x", "--", "ls"], "There is no flag --workflow"],
    [["list", "--", "ls"], "takes no command"],
    [["list", "extra"], "one word too many"],
    [["lst", "--help"], "Did you mean `cabincrew list`?"],
    [["list", "--constructor"], "There is no flag --constructor"],
    [["list", "--__proto__", "x"], "There is no flag --__proto__"],
    [["lst"], "Did you mean `cabincrew list`?"],
    [["frobnicate"], 'There is no verb "frobnicate"'],
    [["show"], "Something is missing: cabincrew show <run>"],
    [["--state-dir", "x"], "No verb was given"],
  ])("is refused when it is %j", async (argv, reason) => {
    const said = await refusal(...argv);
    expect(said).toMatch(/^usage: /);
    expect(said).toContain(reason);
  });

  test("may ask audit for a form and for one document", async () => {
    expect(await typed("audit", "--json", "--format", "cloudevents")).toMatchObject({
      json: true,
      format: "cloudevents",
    });
  });

  test("suggests only what is near", () => {
    expect(nearest("apporve", ["approve", "reject"])).toBe("approve");
    expect(nearest("zebra", ["approve", "reject"])).toBeUndefined();
  });
});

describe("--config", () => {
  test("merges files and dotted keys, later ones winning, values read as JSON where they are JSON", async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), "cabincrew-config-")), "c.yaml");
    writeFileSync(file, "plan: [make, plan]\nfiles: {a: 1, b: 2}\n7: 9007199254740992\n");
    expect(await readConfigFlags([file, "files.b=three", "deep.er.est=[1,true]", "n=7"])).toEqual({
      plan: ["make", "plan"],
      files: { a: 1, b: "three" },
      deep: { er: { est: [1, true] } },
      n: 7,
      7: 2 ** 53,
    });
  });

  test.each([
    ["missing.yaml", "neither key=value nor a readable file"],
    ["__proto__.x=1", "cannot be a key"],
    ["account=12345678901234567890", "more digits than JSON numbers keep"],
    ['a={"b":1,"b":2}', "a key stands twice"],
    ["a=[1e999]", "a number that JSON does not know"],
  ])("refuses %s", async (flag, reason) => {
    await expect(readConfigFlags([flag])).rejects.toThrow(reason);
  });

  test.each([
    ["a: 1\na: 2\n", "Map keys must be unique"],
    ["- 1\n", "does not hold an object"],
    ['{"__proto__": {"x": 1}}', "cannot be a key"],
    ["a: &x [1]\nb: *y\n", "Unresolved alias"],
    ["a: [{b: 12345678901234567890}]\n", "more digits than JSON numbers keep"],
    ["a: .nan\n", "a number that JSON does not know"],
    ["a: &x [*x]\n", "refers to itself"],
    [`a: &a [x]\nb: [${"*a,".repeat(200)}]\n`, "Excessive alias count"],
  ])("refuses a file that reads %j", async (text, reason) => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), "cabincrew-config-")), "c.yaml");
    writeFileSync(file, text);
    await expect(readConfigFlags([file])).rejects.toThrow(reason);
  });
});

describe("the surroundings", () => {
  test("give the state directory: the flag, then the own variable, then XDG, then the home directory", () => {
    const env = { CABINCREW_STATE_DIR: "/own", XDG_STATE_HOME: "/xdg" };
    expect(stateDirectory("/flag", env)).toBe("/flag");
    expect(stateDirectory(undefined, env)).toBe("/own");
    expect(stateDirectory(undefined, { XDG_STATE_HOME: "/xdg" })).toBe("/xdg/cabincrew");
    expect(stateDirectory(undefined, { XDG_STATE_HOME: "relative" })).toBe(
      path.join(os.homedir(), ".local/state/cabincrew"),
    );
  });

  test("refuse where nothing says where a home is, and say what to set", () => {
    vi.spyOn(os, "homedir").mockImplementation(() => {
      throw new Error("uv_os_homedir returned ENOENT");
    });
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    expect(() => stateDirectory(undefined, {})).toThrow(/You have no home directory/);
  });

  test("name the operating-system user, without calling that proven", () => {
    const options = crewOptions({ "state-dir": undefined, governance: "rules" }, {});
    expect(options.principal).toEqual({ id: os.userInfo().username, proven: false });
    expect(options.governanceDir).toBe(path.resolve("rules"));
  });
});

describe("help", () => {
  test("without arguments goes to stderr and exits 2", async () => {
    const { surface, written } = captured();
    expect(await main([], surface as never)).toBe(2);
    expect(written.out).toBe("");
    expect(written.err).toContain("cabincrew run . -- npx prettier --write src");
  });

  test("of all goes to stdout, lists every verb, and exits 0", async () => {
    const { surface, written } = captured();
    expect(await main(["--help"], surface as never)).toBe(0);
    for (const verb of VERBS) expect(written.out).toContain(`\n  ${verb.usage} `);
    expect(written.err).toBe("");
  });

  test("is wrapped at the width of a terminal, and at 100 columns elsewhere", async () => {
    const widest = async (columns: number, isTTY: boolean) => {
      const { surface, written } = captured({}, {}, isTTY);
      await main(["run", "--help"], { ...surface, stdout: { ...surface.stdout, columns } } as never);
      return Math.max(...written.out.split("\n").map((line) => line.length));
    };
    expect(await widest(80, true)).toBe(80);
    expect(await widest(300, true)).toBe(100);
    expect(await widest(80, false)).toBe(100);
  });

  const paths: readonly (readonly Verb[])[] = VERBS.flatMap((verb) =>
    verb.verbs.length > 0 ? verb.verbs.map((inner) => [verb, inner]) : [[verb]],
  );

  test.each(paths.map((path) => ({ path, name: path.map((verb) => verb.usage).join(" ") })))(
    "of $name has flags, examples and exit codes",
    async ({ path }) => {
      const { surface, written } = captured();
      expect(await main([...path.map((verb) => nameOf(verb.usage)), "--help"], surface as never)).toBe(0);
      const examples = path.at(-1)?.examples ?? [];
      expect(examples.length).toBeGreaterThan(0);
      for (const text of examples.flat()) expect(shown(written.out, text)).toBe(true);
      for (const flag of Object.keys(path.at(-1)?.options ?? {})) expect(written.out).toContain(`--${flag}`);
      expect(written.out).toContain("Exit codes:");
    },
  );

  test.each([["help policy list"], ["policy list help"], ["policy --h list"]])(
    "of a verb is shown by %j as well",
    async (line) => {
      const [asked, flagged] = [captured(), captured()];
      expect(await main(line.split(" "), asked.surface as never)).toBe(0);
      await main(["policy", "list", "--help"], flagged.surface as never);
      expect(asked.written.out).toBe(flagged.written.out);
    },
  );

  test("is one JSON document with --json=true, and so is what is refused", async () => {
    const { surface, written } = captured();
    expect(await main(["help", "nothing", "--json=true"], surface as never)).toBe(2);
    expect(JSON.parse(written.out)).toMatchObject({ error: { code: "usage" }, exit_code: 2 });
  });

  test("is one JSON document with --json", async () => {
    const { surface, written } = captured();
    expect(await main(["--json", "--help"], surface as never)).toBe(0);
    expect(JSON.parse(written.out).help).toContain("cabincrew <verb>");
  });
});

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])("prints the script of %s", async (shell) => {
    // The program tells yargs the shell by its own environment.
    for (const name of ["SHELL", "ZSH_NAME"]) vi.stubEnv(name, undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { surface, written } = captured();
    expect(await main(["completion", shell], surface as never)).toBe(0);
    expect(written.out).toContain("--get-yargs-completions");
    expect(written.out).toContain(`cabincrew completion ${shell} >`);
    expect(written.out).toContain("cabincrew");
  });

  test("offers verbs and a verb's flags", async () => {
    const { surface, written } = captured();
    expect(await main(["--get-yargs-completions", "cabincrew", "list", "--"], surface as never)).toBe(0);
    expect(written.out).toContain("--limit");
    const verbs = captured();
    await main(["--get-yargs-completions", "cabincrew", "re"], verbs.surface as never);
    expect(verbs.written.out).toContain("resume");
  });
});

/** Help wraps long cells into columns, so a text is looked for word by word. */
function shown(help: string, text: string): boolean {
  return text.split(" ").every((word) => help.includes(word));
}
