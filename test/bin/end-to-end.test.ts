import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { commandLine, type Document } from "./command-line.ts";

const appending = ["sh", "-c", "echo working >&2; echo two >> notes.txt"];
/** Images to build need approval under the default policies. */
const building = ["sh", "-c", "echo FROM x > Dockerfile"];
const lines = (text: string) => text.split("\n").filter((line) => line !== "");

describe("a run from the command line", () => {
  const cli = commandLine({ "notes.txt": "one\n" });
  let report: Document;

  beforeAll(() => {
    const { code, document } = cli.json("run", ".", "--", ...appending);
    expect([code, document.exit_code]).toEqual([0, 0]);
    report = document;
  });

  test("applies what it planned and reports it as one document", () => {
    expect(readFileSync(path.join(cli.workspace, "notes.txt"), "utf8")).toBe("one\ntwo\n");
    expect(report).toMatchObject({ state: "COMPLETED", changes: { files: 1, insertions: 1, deletions: 0 } });
    expect(report.plan_token).toMatch(/^[0-9a-f]{64}$/);
  });

  test("is listed, shown, and found by its token", async () => {
    expect((await cli.here("list")).document.runs.map((run) => run.run_id)).toContain(report.run_id);
    expect(cli.cabincrew("list").out).toContain(report.run_id);
    const shown = cli.cabincrew("show", report.plan_token.slice(0, 12));
    expect(shown.code).toBe(0);
    expect(shown.out).toContain("timeline");
  });

  test("has a diff and a log", async () => {
    expect(cli.cabincrew("diff", report.run_id).out).toContain("+two");
    expect((await cli.here("diff", report.run_id)).document.diff).toContain("+two");
    expect(cli.cabincrew("logs", report.run_id).out).toContain("working");
    expect((await cli.here("logs", report.run_id)).document.log).toContain("working");
  });

  test.each(["ndjson", "cabincrew", "cloudevents"])("is audited as %s, one document a line", (format) => {
    const { code, out } = cli.cabincrew("audit", report.run_id, "--format", format);
    expect(code).toBe(0);
    expect(lines(out).length).toBeGreaterThan(5);
    for (const line of lines(out)) expect(typeof JSON.parse(line)).toBe("object");
  });

  test("verifies and replays", async () => {
    expect(cli.json("verify")).toMatchObject({ code: 0, document: { ok: true, exit_code: 0 } });
    expect(cli.cabincrew("verify", "--format", "junit").out).toContain("<testsuites");
    expect(await cli.here("replay", report.run_id)).toMatchObject({ code: 0, document: { ok: true } });
  });

  test("is exported to a new file, never over another one", async () => {
    const file = path.join(cli.root, "run.json");
    expect(cli.cabincrew("export", report.run_id, "--output", file).code).toBe(0);
    expect(typeof JSON.parse(readFileSync(file, "utf8"))).toBe("object");
    expect(await cli.here("export", report.run_id, "--output", file)).toMatchObject({
      code: 2,
      document: { error: { code: "usage" } },
    });
  });

  describe("exported with its contents", () => {
    const file = () => path.join(cli.root, "run.ndjson");
    const key = () => path.join(cli.root, "state", "keys", "ledger.pub.pem");
    const elsewhere = () => ["--state-dir", path.join(cli.root, "elsewhere")];

    test("is imported elsewhere, even after a first try was killed, and looked at there", async () => {
      expect(cli.cabincrew("export", report.run_id, "--contents", "--output", file()).code).toBe(0);
      const killed = cli.start("import", file(), ...elsewhere());
      const ended = once(killed, "exit");
      // Somewhere between the first content and the entry, or behind it: whatever is there then must be whole.
      while (killed.exitCode === null && !existsSync(path.join(cli.root, "elsewhere", "store")))
        await new Promise(setImmediate);
      killed.kill("SIGKILL");
      await ended;
      const { code, err, out } = cli.cabincrew("import", file(), "--public-key", key(), ...elsewhere());
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/imported|replaced/);
      expect(cli.cabincrew("import", file(), ...elsewhere())).toMatchObject({
        code: 0,
        out: expect.stringContaining("nothing to do"),
      });
      expect(cli.cabincrew("verify", ...elsewhere()).code).toBe(0);
      expect(cli.cabincrew("list", ...elsewhere()).out).toMatch(/imported from [0-9a-f]{16}/);
      expect(cli.cabincrew("show", report.run_id, ...elsewhere()).out).toContain("which whoever imported it had named");
      expect(cli.cabincrew("diff", report.run_id, ...elsewhere()).out).toContain("+two");
    });

    test("is refused where it says something else, and moved by nobody", async () => {
      const other = path.join(cli.root, "other.ndjson");
      writeFileSync(other, readFileSync(file(), "utf8").replace(/"hash":"[0-9a-f]/, '"hash":"g'));
      expect(await cli.here("import", other, ...elsewhere())).toMatchObject({
        code: 5,
        document: { error: { code: "import_refused" } },
      });
      expect(await cli.here("resume", report.run_id, ...elsewhere())).toMatchObject({
        code: 2,
        document: { error: { code: "run_imported" } },
      });
      expect(cli.cabincrew("export", report.run_id, "--contents", "--json").code).toBe(2);
      const [document = "", piece = ""] = lines(cli.cabincrew("export", report.run_id, "--contents").out);
      expect(JSON.parse(document)).toMatchObject({ run_id: report.run_id });
      expect(Object.keys(JSON.parse(piece))).toEqual(["sha256", "offset", "last", "data"]);
    });
  });

  test("reports its end again when resumed", async () => {
    expect(cli.json("resume", report.run_id)).toMatchObject({ code: 0, document: { state: "COMPLETED" } });
    expect(await cli.here("resume", "--all")).toEqual({ code: 0, document: { runs: [], exit_code: 0 } });
    expect(cli.cabincrew("resume")).toMatchObject({ code: 0, out: "" });
  });
});

describe("a plan that needs approval", () => {
  test("waits with exit 3, is listed, approved, and taken off at once with --resume", () => {
    const cli = commandLine();
    const { code, err, out } = cli.cabincrew("run", ".", "--", ...building);
    expect([code, out]).toEqual([3, ""]);
    expect(err).toContain("Dockerfile");
    expect(err).toContain("cabincrew approve ");
    const [pending] = cli.json("approvals").document.approvals;
    expect(pending).toBeDefined();
    const approved = cli.json("approve", pending?.run_id ?? "", "--comment", "fine", "--resume");
    expect(approved).toMatchObject({ code: 0, document: { state: "COMPLETED", decided: { decision: "approve" } } });
    expect(existsSync(path.join(cli.workspace, "Dockerfile"))).toBe(true);
  });

  test("ends when it is rejected, and resume repeats that end", () => {
    const cli = commandLine();
    const { document } = cli.json("run", ".", "--", ...building);
    expect(document.state).toBe("AWAITING_APPROVAL");
    const rejected = cli.json("reject", document.plan_token.slice(0, 12), "--comment", "no");
    expect(rejected.code).toBe(rejected.document.exit_code);
    expect(cli.json("resume", document.run_id)).toMatchObject({
      code: 6,
      document: { reason: "approval_rejected", exit_code: 6 },
    });
    expect(existsSync(path.join(cli.workspace, "Dockerfile"))).toBe(false);
  });

  test("can be cancelled", () => {
    const cli = commandLine();
    const { document } = cli.json("run", ".", "--", ...building);
    const cancelled = cli.json("cancel", document.run_id);
    expect(cancelled.document.state).toBe("CANCELLED");
    expect(cancelled.code).toBe(cancelled.document.exit_code);
  });
});

describe("a directory for temporary files that cannot be tidied", () => {
  test("does not change how a command ends", () => {
    const cli = commandLine({ file: "old\n" });
    const temporary = path.join(cli.root, "tmp");
    mkdirSync(temporary);
    cli.environment["TMPDIR"] = temporary;
    const pipes = path.join(temporary, `cabincrew-pipes-${process.getuid?.() ?? 0}`);
    const replacing = `rm -rf ${pipes} && touch ${pipes} && echo new > file`;
    const { code, err } = cli.cabincrew("plan", ".", "--sandbox", "off", "--", "sh", "-c", replacing);
    expect(err).toContain("changes   1 file");
    expect(err).not.toMatch(/^ {4}at /m);
    expect([0, 3]).toContain(code);
  });
});

test("a directory for temporary files in the workspace gets none of ours", () => {
  const cli = commandLine({ "notes.txt": "one\n" });
  const temporary = path.join(cli.workspace, "tmp");
  mkdirSync(temporary);
  cli.environment["TMPDIR"] = temporary;
  expect(cli.json("run", ".", "--", ...appending)).toMatchObject({ code: 0, document: { state: "COMPLETED" } });
  expect(readdirSync(temporary)).toEqual([]);
});

describe("plan", () => {
  test("never takes off; resume continues it", () => {
    const cli = commandLine({ "notes.txt": "one\n" });
    const { code, document } = cli.json("plan", ".", "--", ...appending);
    expect([code, readFileSync(path.join(cli.workspace, "notes.txt"), "utf8")]).toEqual([0, "one\n"]);
    expect(cli.json("resume", document.run_id)).toMatchObject({ code: 0, document: { state: "COMPLETED" } });
    expect(readFileSync(path.join(cli.workspace, "notes.txt"), "utf8")).toBe("one\ntwo\n");
  });

  test("refuses a workspace that changed since, with exit 5", () => {
    const cli = commandLine({ "notes.txt": "one\n" });
    const { document } = cli.json("plan", ".", "--", ...appending);
    writeFileSync(path.join(cli.workspace, "notes.txt"), "other\n");
    expect(cli.json("resume", document.run_id)).toMatchObject({ code: 5, document: { reason: "workspace_changed" } });
  });
});

describe("a denied run", () => {
  const cli = commandLine();
  const leaking = ["sh", "-c", "printf -- '-----BEGIN RSA PRIVATE KEY-----\\nx\\n' > id_rsa"];

  // As GitHub's annotations: test/e2e/tools/misuse.test.ts.
  test.each(["sarif", "junit", "markdown"])("exits 4 and prints its findings as %s", (format) => {
    const { code, out } = cli.cabincrew("run", ".", "--format", format, "--", ...leaking);
    expect(code).toBe(4);
    expect(out.replaceAll("&#95;", "_")).toContain("id_rsa");
    if (format === "sarif") expect(JSON.parse(out).runs).toHaveLength(1);
  });
});

describe("output", () => {
  test("--events streams observations; with --json the report is the last line", () => {
    const cli = commandLine();
    const { code, out } = cli.cabincrew("run", ".", "--events", "--json", "--", ...appending);
    const documents = lines(out).map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(documents.slice(0, -1).every((each) => ["state", "log", "evaluation"].includes(each.kind))).toBe(true);
    expect(documents.at(-1)).toMatchObject({ state: "COMPLETED", exit_code: 0 });
  });

  test("--quiet leaves only the exit code", () => {
    const cli = commandLine();
    expect(cli.cabincrew("run", ".", "--quiet", "--", ...appending)).toEqual({ code: 0, out: "", err: "" });
  });

  test("ends quietly when its reader goes away", async () => {
    const cli = commandLine();
    const child = cli.start("--help");
    child.stdout.destroy();
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    const [code] = await once(child, "close");
    expect([code, err]).toEqual([0, ""]);
  });
});

describe("refusals", () => {
  const cli = commandLine();

  beforeAll(() => {
    expect(cli.cabincrew("run", ".", "--quiet", "--", "true").code).toBe(0);
  });

  test.each([
    [["run", "missing", "--", "true"], 2, "workspace_invalid"],
    [["run", ".", "--engine", "no-such-engine"], 2, "engine_not_found"],
    [["run", ".", "--secret", "A=env:NOT_SET_HERE", "--", "true"], 2, "secret_missing"],
    [["show", "01UNKNOWN"], 2, "not_found"],
    [["diff", "01UNKNOWN"], 2, "not_found"],
    [["logs", "01UNKNOWN"], 2, "not_found"],
    [["approve", "deadbeefdead"], 2, "not_found"],
  ])("of %j are one JSON document with exit code and reason", async (argv, exit, reason) => {
    const { code, document } = await cli.here(...argv);
    expect([code, document.exit_code]).toEqual([exit, exit]);
    expect(document.error?.code ?? document.reason).toBe(reason);
  });

  test("of a state directory that does not exist make none", () => {
    const fresh = commandLine();
    expect(fresh.json("list")).toMatchObject({ code: 2, document: { error: { code: "not_found" } } });
    expect(existsSync(path.join(fresh.root, "state"))).toBe(false);
  });
});

describe("a signal", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 143],
  ] as const)("%s ends the engine's whole group, exits %i, and the run can be resumed", async (signal, exit) => {
    const cli = commandLine();
    const flag = path.join(cli.root, "flag");
    // The first time it waits (in a child of a child), the second time it does its work.
    const command = `if test -e ${flag}; then echo done > result; else echo started >&2; sh -c 'sleep 300; :' ${cli.root}; fi`;
    const child = cli.start("run", ".", "--json", "--read", cli.root, "--", "sh", "-c", command);
    let [out, err, sent] = ["", "", false];
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
      if (!sent && err.includes("| started")) sent = child.kill(signal);
    });
    const [code] = await once(child, "close");
    expect([code, JSON.parse(out).exit_code]).toEqual([exit, exit]);
    expect(processesNaming(cli.root)).toEqual([]);
    writeFileSync(flag, "");
    expect(cli.json("resume")).toMatchObject({ code: 0, document: { state: "COMPLETED" } });
    expect(readFileSync(path.join(cli.workspace, "result"), "utf8")).toBe("done\n");
  });

  const dies = ["bwrap", "setpriv"].every((program) => spawnSync(program, ["--version"]).status === 0);
  test.runIf(dies)("kill -9 ends the command too, where there is bubblewrap: nobody waits for a resume", async () => {
    const cli = commandLine();
    const child = cli.start("run", ".", "--", "sh", "-c", `echo started >&2; sh -c 'sleep 300; :' ${cli.root}`);
    for await (const chunk of child.stderr) if (String(chunk).includes("| started")) break;
    child.kill("SIGKILL");
    await once(child, "exit");
    await expect.poll(() => processesNaming(cli.root), { timeout: 20_000 }).toEqual([]);
    expect(cli.json("list").document).toMatchObject({ runs: [{ state: "PLAN_RUNNING" }] });
  });

  /** Command lines of living processes in which a text occurs. */
  function processesNaming(text: string): string[] {
    const living = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return living.map(commandOf).filter((command) => command.includes(text));
  }

  function commandOf(pid: string): string {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      return ""; // it ended meanwhile
    }
  }
});

describe("keys", () => {
  test("are generated once, listed, and never shown in private", () => {
    const cli = commandLine();
    const made = cli.cabincrew("key", "generate", "ada", "--json");
    expect(made.code).toBe(0);
    const { private_file: file, key_id, public: text } = JSON.parse(made.out);
    expect(made.out + made.err).not.toContain(readFileSync(file, "utf8").split("\n")[1]);
    expect(cli.json("key", "generate", "ada")).toMatchObject({ code: 2, document: { error: { code: "key_invalid" } } });
    expect(cli.cabincrew("key", "list").out).toContain("ada");
    const listed = { name: "ada", private_file: file, key_id, public: text };
    expect(cli.json("key", "list")).toMatchObject({ code: 0, document: { keys: [listed] } });
  });
});

test("doctor tells what this machine can do, under a governance and with a $TMPDIR of one's own", () => {
  const cli = commandLine({ file: "" });
  const governance = path.join(cli.root, "governance");
  mkdirSync(governance);
  writeFileSync(path.join(governance, "governance.yaml"), "version: 1\npolicies: [builtin:default]\n");
  cli.environment["TMPDIR"] = path.join(cli.workspace, "file");
  const { code, document } = cli.json("doctor", "--governance", governance);
  expect(code).toBe(document.exit_code);
  expect(document.findings).toContainEqual(expect.objectContaining({ check: "governance", status: "ok" }));
  expect(document.findings).toContainEqual(
    expect.objectContaining({
      check: "temporary directory",
      status: "degraded",
      remedy: expect.stringMatching(/TMPDIR/),
    }),
  );
});

describe("what judges and what runs", () => {
  const cli = commandLine({}, "shipped");

  test("policies and models are listed with where they come from", () => {
    const { code, document } = cli.json("policy", "list");
    expect(code).toBe(0);
    expect(document.policies).toContainEqual(
      expect.objectContaining({ id: "default", origin: "builtin", error: null }),
    );
    expect(cli.cabincrew("policy", "list").out).toContain("credentials");
  });

  test("an engine is checked; one that does not conform exits 1", () => {
    const file = path.join(cli.root, "mute");
    writeFileSync(file, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    const { code, document } = cli.json("engine", "check", file);
    expect([code, document.exit_code, document.ok]).toEqual([1, 1, false]);
    expect(cli.cabincrew("engine", "check", file).out).toContain("does not conform");
    expect(cli.cabincrew("engine", "check", file, "--format", "junit")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/<failure[\s\S]*<skipped/),
    });
  });

  test("a group without a verb is a usage error that names its verbs", async () => {
    expect(await cli.here("policy")).toMatchObject({ code: 2, document: { error: { code: "usage" } } });
    expect(cli.cabincrew("engine", "chek").err).toContain("Did you mean `cabincrew engine check`?");
  });
});
