import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import {
  type Crew,
  type RunReport,
  type RunRequest,
  resumeRun,
  startRun,
  verifyLedger,
} from "../../../orchestrator/index.ts";
import { POLICY_LIMITS } from "../../../orchestrator/preflight/limits.ts";
import { packageRoot, type ReasonCode } from "../../../schema/index.ts";
import {
  command,
  crewOf,
  ENGINES,
  govern,
  newPlace,
  outcomeOf,
  type Place,
  refusedAs,
  request,
} from "./crew-fixture.ts";
import { drive } from "./driver.ts";
import { treeOf } from "./tree.ts";

const FIXTURES = path.join(packageRoot(), "test", "fixtures");

/** Somebody other than root, whom the system refuses what it would let root do. */
const NOBODY = process.getuid?.() === 0 ? 65534 : undefined;

function pack(governanceDir: string, kind: "models" | "policies", name: string): void {
  cpSync(path.join(FIXTURES, kind, name), path.join(governanceDir, name), { recursive: true });
}

async function scene(further: Record<string, unknown> = {}) {
  const place = newPlace();
  return { place, crew: await crewOf(place, { governanceDir: govern(place, "allowed", further) }) };
}

type Row = readonly [string, ReasonCode, (place: Place) => Partial<RunRequest>];

/** An engine of the test's own. */
function engine(place: Place, content: string | Uint8Array, mode = 0o755): Partial<RunRequest> {
  const file = path.join(place.root, "own-engine");
  writeFileSync(file, content);
  chmodSync(file, mode);
  return { engine: { name: file } };
}

const REQUESTS: readonly Row[] = [
  ["a workspace that does not exist", "workspace_invalid", ({ root }) => ({ workspace: path.join(root, "none") })],
  ["a file for a workspace", "workspace_invalid", ({ counter }) => ({ workspace: counter })],
  ["a workspace with the state directory in it", "state_unusable", ({ root }) => ({ workspace: root })],
  [
    "the state directory for a workspace",
    "state_unusable",
    ({ stateDir }) => {
      mkdirSync(stateDir, { recursive: true });
      return { workspace: stateDir };
    },
  ],
  ["an engine that does not exist", "engine_not_found", () => ({ engine: { name: "./none" } })],
  ["a name that no engine has", "engine_not_found", () => ({ engine: { name: "none" } })],
  ["an engine without an execute bit", "engine_not_executable", (place) => engine(place, "#!/bin/sh\n", 0o644)],
  ["an engine for another machine", "engine_not_executable", (place) => engine(place, foreignProgram())],
  ["an engine whose interpreter is missing", "engine_not_executable", (place) => engine(place, "#!/no/such\n")],
  ["a directory that is no engine", "engine_not_found", ({ workspace }) => ({ engine: { name: workspace } })],
  [
    "an unknown key in the engine's manifest",
    "engine_manifest_invalid",
    (place) => {
      const manifest = { id: "own", version: "1", modes: ["flight-plan", "take-off"], idempotant: true };
      writeFileSync(path.join(place.root, "own-engine.engine.json"), JSON.stringify(manifest));
      return engine(place, "#!/bin/sh\n");
    },
  ],
  ...["flight-plan", "take-off"].map(
    (mode): Row => [
      `an engine that declares only ${mode}`,
      "engine_manifest_invalid",
      (place) => {
        writeFileSync(
          path.join(place.root, "own-engine.engine.json"),
          JSON.stringify({ id: "own", version: "1", modes: [mode] }),
        );
        return engine(place, "#!/bin/sh\n");
      },
    ],
  ),
  [
    "an unknown key in the configuration",
    "config_invalid",
    () => ({ engine: { command: ["true"] }, config: { cmd: 1 } }),
  ],
  ["an empty command", "usage", () => ({ engine: { command: [] } })],
  ["a command said twice", "usage", () => ({ engine: { command: ["true"] }, config: { command: ["false"] } })],
  ["a sandbox said twice", "usage", () => ({ engine: { command: ["true"] }, config: { sandbox: "off" } })],
  [
    "what is ignored said twice",
    "usage",
    () => ({ engine: { command: ["true"] }, config: { exclude_ignored: false }, excludeIgnored: true }),
  ],
  ["a command that does not exist", "command_not_found", () => ({ engine: { command: ["no-such-tool"] } })],
  ["a command without an execute bit", "command_not_found", () => ({ engine: { command: ["./README.md"] } })],
  ["a granted path that does not exist", "config_invalid", () => ({ permissions: granted("/no/such/path") })],
  ["one name for two secrets", "config_invalid", () => ({ permissions: named([], ["KEY", "PATH"], ["KEY", "HOME"]) })],
  [
    "one name for a variable and a secret",
    "config_invalid",
    () => ({ permissions: named(["PATH"], ["PATH", "PATH"]) }),
  ],
];

const named = (env: readonly string[], ...secrets: readonly [name: string, variable: string][]) => ({
  network: false,
  env,
  secrets: secrets.map(([name, variable]) => ({ name, source: { kind: "env" as const, variable } })),
  read: [],
  write: [],
});

const granted = (place: string): RunRequest["permissions"] => ({
  network: false,
  env: [],
  secrets: [],
  read: [place],
  write: [],
});

/** The head of an ELF program for an architecture nobody has (e_machine 0). */
function foreignProgram(): Uint8Array {
  const head = Buffer.alloc(64);
  head.write("\x7fELF\x02\x01\x01", "latin1");
  head.writeUInt16LE(0x1234, 18);
  return head;
}

describe("a request with", () => {
  it.each(REQUESTS)("%s is refused (%s) before anything is recorded", async (_what, reason, change) => {
    const { place, crew } = await scene();
    const asked = { ...request(place, "engine", {}), ...change(place) };
    expect(await outcomeOf(startRun(crew, asked))).toEqual(refusedAs(reason));
    expect(await crew.store.open()).toEqual([]);
  });
});

describe("a secret whose bytes are no text", () => {
  it("is refused before anything is recorded, rather than handed on as another value", async () => {
    const place = newPlace();
    const environment = { BYTES: Buffer.of(0x61, 0xff).toString() };
    const crew = await crewOf(place, { governanceDir: govern(place, "allowed"), environment });
    const asked = request(place, "engine", {}, { permissions: named([], ["KEY", "BYTES"]) });
    expect(await outcomeOf(startRun(crew, asked))).toEqual(refusedAs("config_invalid"));
    expect(await crew.store.open()).toEqual([]);
  });
});

describe("what is granted twice", () => {
  it("is granted once: the plan has the same token", async () => {
    const { place, crew } = await scene();
    const planned = (...env: string[]) =>
      startRun(crew, request(place, "engine", {}, { planOnly: true, permissions: named(env) }));
    expect((await planned("PATH", "PATH")).plan_token).toBe((await planned("PATH")).plan_token);
  });
});

describe("a receipt that is", () => {
  const RECEIPTS: readonly (readonly [string, ReasonCode])[] = [
    ["empty-receipt", "receipt_invalid"],
    ["not-json", "receipt_invalid"],
    ["two-documents", "receipt_invalid"],
    ["invalid-utf8", "receipt_invalid"],
    ["wrong-mode", "receipt_invalid"],
    ["wrong-id", "receipt_invalid"],
    ["unknown-key", "receipt_invalid"],
    ["endless-stdout", "engine_limit"],
  ];

  it.each(RECEIPTS)("%s ends the run (%s)", async (name, reason) => {
    const { place, crew } = await scene();
    const asked = { ...request(place, "engine", {}), engine: { name: path.join(FIXTURES, "engines", name) } };
    expect(await outcomeOf(startRun(crew, asked))).toEqual(refusedAs(reason));
  });

  it("about an artifact with a name of 300 bytes ends the run", async () => {
    const { place, crew } = await scene();
    const asked = request(place, "engine", { fault: "long name" });
    const report = startRun(crew, { ...asked, engine: { name: path.join(ENGINES, "faulty.mjs") } });
    expect(await outcomeOf(report)).toEqual(refusedAs("receipt_invalid"));
  });

  it("a failure ends the run with the engine's own words", async () => {
    const { place, crew } = await scene();
    const report = await startRun(crew, request(place, "engine", { fail: "flight-plan" }));
    expect(report).toMatchObject({ reason: "engine_failed", exit_code: 1 });
    expect(report.message).toContain("told to fail in flight-plan");
  });

  it("late ends the run when its time is over", async () => {
    const { place, crew } = await scene();
    const asked = request(place, "engine", { hold: "flight-plan" }, { timeoutSeconds: 1 });
    expect(await outcomeOf(startRun(crew, asked))).toEqual(refusedAs("engine_timeout"));
  });
});

describe("artifacts with", () => {
  it.each([
    "no body",
    "undeclared file",
    "stray file",
    "unlisted folder",
    "symlink",
    "fifo",
    "body outside",
    "name outside",
    "absolute target",
    "target outside",
    "listed twice",
    "other bytes",
    "no document",
    "unknown key",
  ])("the fault `%s` end the run and change nothing", async (fault) => {
    const { place, crew } = await scene();
    const before = treeOf(place.workspace);
    const asked = { ...request(place, "engine", { fault }), engine: { name: path.join(ENGINES, "faulty.mjs") } };
    expect(await outcomeOf(startRun(crew, asked))).toEqual(refusedAs("artifact_invalid"));
    expect(treeOf(place.workspace)).toEqual(before);
  });
});

describe("governance with", () => {
  const withConfig = (config: Record<string, unknown>) => (place: Place) => govern(place, "allowed", config);

  const ROWS: readonly (readonly [string, ReasonCode, (place: Place) => string])[] = [
    ["an unknown key", "governance_invalid", withConfig({ polices: ["one"] })],
    ["a pack that does not exist", "governance_invalid", withConfig({ policies: ["none"] })],
    ["an authority file that does not exist", "authority_invalid", withConfig({ authority: "none.json" })],
    [
      "an unknown key in the authority file",
      "authority_invalid",
      (place) => {
        const directory = govern(place, "allowed", { authority: "authority.json" });
        writeFileSync(path.join(directory, "authority.json"), JSON.stringify({ version: 1, people: [], peeple: [] }));
        return directory;
      },
    ],
    ["no judge at all", "policy_denied", withConfig({ policies: [], models: [] })],
    ["a policy that answers with an unknown word", "policy_denied", (place) => govern(place, "unknown_word")],
    [
      "a truncated policy",
      "policy_denied",
      (place) => {
        const directory = govern(place, "allowed");
        truncateSync(path.join(directory, "one", "policy.wasm"), 1000);
        return directory;
      },
    ],
    [
      "an unknown key in a policy's manifest",
      "policy_denied",
      (place) => {
        const directory = govern(place, "allowed");
        const file = path.join(directory, "one", "pack.json");
        writeFileSync(file, readFileSync(file, "utf8").replace("{", '{"entrypoint":"x",'));
        return directory;
      },
    ],
    ...["wrong-digest", "nan", "truncated", "wrong-input", "missing", "unknown-key"].map(
      (name) =>
        [
          `a model that is ${name}`,
          "policy_denied",
          (place: Place) => {
            const directory = govern(place, "allowed", { models: [name] });
            pack(directory, "models", name);
            return directory;
          },
        ] as const,
    ),
  ];

  it.each(ROWS)("%s lets nothing through (%s)", async (_what, reason, make) => {
    const place = newPlace();
    const governanceDir = make(place);
    const before = treeOf(place.workspace);
    const crew = await crewOf(place, { governanceDir });
    const asked = request(place, "engine", { target: "src/main.txt", text: "new\n" });
    expect(await outcomeOf(startRun(crew, asked))).toEqual(refusedAs(reason));
    expect(treeOf(place.workspace)).toEqual(before);
  });

  it("a policy that loops for ever lets nothing through (policy_denied)", async () => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed", { policies: ["one", "loop"] });
    pack(governanceDir, "policies", "loop");
    const before = treeOf(place.workspace);
    const { timeoutMs } = POLICY_LIMITS;
    expect(timeoutMs).toBe(10_000);
    // What comes of it is the same after one second.
    POLICY_LIMITS.timeoutMs = 1000;
    const asked = request(place, "engine", { target: "src/main.txt", text: "new\n" });
    const outcome = await outcomeOf(startRun(await crewOf(place, { governanceDir }), asked));
    POLICY_LIMITS.timeoutMs = timeoutMs;
    expect(outcome).toEqual(refusedAs("policy_denied"));
    expect(treeOf(place.workspace)).toEqual(before);
  });

  it("a directory inside the workspace is refused", async () => {
    const place = newPlace();
    const inside = path.join(place.workspace, "governance");
    cpSync(govern(place, "allowed"), inside, { recursive: true });
    const crew = await crewOf(place, { governanceDir: inside });
    expect(await outcomeOf(startRun(crew, request(place, "engine", {})))).toEqual(refusedAs("governance_invalid"));
  });
});

describe("a state directory", () => {
  const open = async (place: Place): Promise<RunReport> => {
    const crew = await crewOf(place);
    return startRun(crew, request(place, "engine", {}));
  };
  const database = (place: Place) => path.join(place.stateDir, "cabincrew.db");

  async function used(): Promise<{ place: Place; crew: Crew; run: string }> {
    const { place, crew } = await scene();
    const plan = await startRun(crew, request(place, "engine", {}, { planOnly: true }));
    await crew.close();
    return { place, crew, run: plan.run_id };
  }

  it("that is a file is refused", async () => {
    const place = newPlace();
    writeFileSync(place.stateDir, "");
    expect(await outcomeOf(open(place))).toEqual(refusedAs("state_unusable"));
  });

  it("that the database cannot be opened in is refused, and whoever only wants to look is told to copy it", async () => {
    const place = newPlace();
    mkdirSync(database(place), { recursive: true });
    const end = await outcomeOf(open(place));
    expect([end.reason, end.next]).toEqual(["state_unusable", expect.stringContaining("or copy it")]);
  });

  it("whose ledger a newer version wrote is refused and left as it is", async () => {
    const { place } = await used();
    const db = new Database(database(place));
    db.pragma("user_version = 99");
    db.close();
    const before = readFileSync(database(place));
    expect(await outcomeOf(open(place))).toEqual(refusedAs("state_unusable"));
    expect(readFileSync(database(place)).equals(before)).toBe(true);
  });

  it("whose ledger is damaged is refused and left as it is", async () => {
    const { place } = await used();
    const bytes = readFileSync(database(place));
    bytes.fill(0x5a, 0, 4096);
    writeFileSync(database(place), bytes);
    expect(await outcomeOf(open(place))).toEqual(refusedAs("ledger_corrupt"));
    expect(readFileSync(database(place)).equals(bytes)).toBe(true);
  });

  it("whose ledger is cut off in the middle is refused", async () => {
    const { place } = await used();
    truncateSync(database(place), 6000);
    expect(await outcomeOf(open(place))).toEqual(refusedAs("ledger_corrupt"));
  });

  it("whose signing key is gone or readable by others is refused", async () => {
    const { place } = await used();
    const key = path.join(place.stateDir, "keys", "ledger.pem");
    chmodSync(key, 0o644);
    expect(await outcomeOf(open(place))).toEqual(refusedAs("ledger_corrupt"));
    truncateSync(key, 10);
    chmodSync(key, 0o600);
    expect(await outcomeOf(open(place))).toEqual(refusedAs("ledger_corrupt"));
  });

  it("behind a link is used where it really is, and still not inside the workspace", async () => {
    const place = newPlace();
    const real = path.join(place.workspace, "state");
    mkdirSync(real);
    symlinkSync(real, place.stateDir);
    expect(await outcomeOf(open(place))).toEqual(refusedAs("state_unusable"));
  });
});

describe("somebody without permission", () => {
  const asNobody = (place: Place) => {
    const job = { call: "startRun", argument: request(place, "engine", {}), uid: NOBODY } as const;
    return drive(place, job).then(({ error }) => ({
      reason: error?.code ?? null,
      exit: error?.exitCode ?? -1,
      next: error?.next ?? null,
    }));
  };

  it("to write the state directory is refused", async () => {
    const place = newPlace();
    mkdirSync(place.stateDir);
    chmodSync(place.root, 0o755);
    chmodSync(place.stateDir, 0o555);
    expect(await asNobody(place)).toEqual(refusedAs("state_unusable"));
  });

  it("to make the state directory is refused", async () => {
    const place = newPlace();
    chmodSync(place.root, 0o555);
    expect(await asNobody(place)).toEqual(refusedAs("state_unusable"));
    chmodSync(place.root, 0o755);
  });

  it("to read the workspace is refused", async () => {
    const place = newPlace();
    chmodSync(place.root, 0o777);
    chmodSync(place.workspace, 0o000);
    expect(await asNobody(place)).toEqual(refusedAs("workspace_invalid"));
    chmodSync(place.workspace, 0o755);
  });

  it("to read one file of the workspace is refused", async () => {
    const place = newPlace();
    chmodSync(place.root, 0o777);
    chmodSync(path.join(place.workspace, "README.md"), 0o000);
    const { report } = await drive(place, { call: "startRun", argument: request(place, "engine", {}), uid: NOBODY });
    expect({ reason: report?.reason, exit: report?.exit_code, next: report?.next }).toEqual(
      refusedAs("workspace_invalid"),
    );
  });
});

describe("a clock that goes backwards", () => {
  it("does not keep a run from its end, nor the ledger from verifying", async () => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    let now = Date.now();
    const crew = await crewOf(place, { governanceDir, clock: () => (now -= 1000) });
    const plan = await startRun(crew, request(place, "engine", { counter: place.counter }, { planOnly: true }));
    const earlier = await crewOf(place, { governanceDir, clock: () => now - 86_400_000 });
    expect(await resumeRun(earlier, plan.run_id)).toMatchObject({ state: "COMPLETED" });
    expect(await startRun(earlier, command(place, ["sh", "-c", "echo x > y"]))).toMatchObject({ state: "COMPLETED" });
    expect(await verifyLedger(earlier, {})).toMatchObject({ ok: true, findings: [] });
  });
});
