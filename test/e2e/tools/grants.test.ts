import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { main } from "../../../bin/main.ts";
import { captured } from "../../bin/reports.ts";
import { hasBubblewrap, hasOverlay } from "../../engines/exec/engine.ts";
import { rules, Story } from "./story.ts";

let story: Story;
beforeEach(() => {
  story = new Story("grants");
  story.write({ "notes.txt": "one\n" });
});
afterEach(() => story.remove());

/** A command whose findings become a change that can be read after take-off. */
const finding = (script: string) => ["--", "sh", "-c", `{ ${script}; } > found`];

describe("--network", () => {
  let server: Server;
  let visits = 0;

  beforeAll(async () => {
    server = createServer((socket) => {
      visits += 1;
      socket.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => server.close());
  beforeEach(() => {
    visits = 0;
  });

  const knock = () => {
    const { port } = server.address() as AddressInfo;
    const program = `const s = require("net").connect(${port}, "127.0.0.1");
      s.on("connect", () => { console.log("reached"); s.destroy(); }).on("error", (e) => console.log(e.code));`;
    return finding(`'${process.execPath}' -e '${program}'`);
  };

  test.runIf(hasBubblewrap)("absent: the host's loopback is out of reach (needs bubblewrap)", async () => {
    const { code, told, err } = await story.meanwhile("run", ".", ...knock());
    expect([code, told.decision], err).toEqual([0, "allow"]);
    expect([story.read("found"), visits]).toEqual(["ECONNREFUSED\n", 0]);
  });

  test("given: it is reached, and the default policy says so", async () => {
    const { code, told, err } = await story.meanwhile("run", ".", "--network", ...knock());
    expect([code, told.decision, rules(told)], err).toEqual([0, "warn", ["workspace/network"]]);
    expect([story.read("found"), visits]).toEqual(["reached\n", 1]);
  });
});

describe("--env", () => {
  const names = finding("env | cut -d= -f1 | sort");

  test("absent: the command's environment is built from nothing", () => {
    Object.assign(story.environment, { AMBIENT: "a", NODE_OPTIONS: "", LD_DEBUG: "" });
    expect(story.json("run", ".", ...names).code).toBe(0);
    const found = story.read("found").trim().split("\n");
    // What the shell itself sets is no concern of ours.
    expect(found.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name))).toEqual([
      "CABINCREW_RUN",
      "HOME",
      "LANG",
      "PATH",
      "TERM",
      "TMPDIR",
    ]);
  });

  test("passes exactly the variable it names", () => {
    Object.assign(story.environment, { GREETING: "good morning", FAREWELL: "good night" });
    expect(story.json("run", ".", "--env", "GREETING", ...finding('echo "$GREETING/$FAREWELL"')).code).toBe(0);
    expect(story.read("found")).toBe("good morning/\n");
  });

  test("cannot give the command the user's own HOME", () => {
    writeFileSync(path.join(story.home, "private"), "mine");
    const look = finding('test "$HOME" = "$OWN_HOME" && echo own || echo private; ls -A "$HOME"; echo end');
    Object.assign(story.environment, { OWN_HOME: story.home });
    const { code, err } = story.json("run", ".", "--env", "OWN_HOME", "--env", "HOME", ...look);
    expect([code, story.read("found")], err).toEqual([0, "private\nend\n"]);
  });
});

describe("--secret", () => {
  const value = "swordfish-9f31c7d2-e8aa-4b6e";

  test("reaches the command, and appears nowhere else", () => {
    Object.assign(story.environment, { VAULT: value });
    const script = 'printf %s "$TOKEN" | wc -c > found; echo "using $TOKEN" >&2; echo "again $TOKEN"';
    const { code, out, err } = story.cabincrew("run", ".", "--secret", "TOKEN=env:VAULT", "--", "sh", "-c", script);
    expect([code, story.read("found").trim()], err).toEqual([0, String(value.length)]);
    const said = ["show", "logs", "diff", "audit", "export"].map((verb) => story.cabincrew(verb, runOf(err)));
    expect(said.map((each) => each.code)).toEqual([0, 0, 0, 0, 0]);
    const everything = [out, err, ...said.flatMap((each) => [each.out, each.err])];
    expect(everything.filter((text) => text.includes(value))).toEqual([]);
    expect(story.stateFiles().filter((file) => readFileSync(file).includes(value))).toEqual([]);
    expect(said[1]?.out).toContain("using");
  });

  test("written into a file is refused before anything is stored", () => {
    Object.assign(story.environment, { VAULT: value });
    const { code, told } = story.json(
      ...["run", ".", "--secret", "TOKEN=env:VAULT", "--", "sh", "-c", 'echo "key: $TOKEN" > config.yaml'],
    );
    expect(code).toBe(1);
    expect([told.state, told.reason]).toEqual(["FAILED", "artifact_invalid"]);
    expect(JSON.stringify(told)).not.toContain(value);
    expect(story.stateFiles().filter((file) => readFileSync(file).includes(value))).toEqual([]);
    expect(story.tool(["ls"])).toBe("notes.txt\n");
  });

  test("together with --network needs a person", () => {
    Object.assign(story.environment, { VAULT: value });
    const { code, told } = story.json("run", ".", "--network", "--secret", "TOKEN=env:VAULT", "--", "true");
    expect([code, told.decision, rules(told)]).toEqual([3, "require_approval", ["workspace/network-and-secrets"]]);
    expect(story.json("cancel", told.run_id).told.state).toBe("CANCELLED");
  });
});

describe("--read and --write", () => {
  test.runIf(hasBubblewrap)("absent: nothing of the user's home is there (needs bubblewrap)", () => {
    writeFileSync(path.join(story.home, "diary"), "dear diary\n");
    const look = finding(`cat '${story.home}/diary' 2>/dev/null || echo absent`);
    const { code, err } = story.json("run", ".", ...look);
    expect([code, story.read("found")], err).toEqual([0, "absent\n"]);
  });

  test("--read shows a file below home, for reading only", () => {
    const diary = path.join(story.home, "diary");
    writeFileSync(diary, "dear diary\n");
    const write = hasBubblewrap ? `echo more >> '${diary}' 2>/dev/null || echo sealed` : "echo sealed";
    const { code, err } = story.json("run", ".", "--read", diary, ...finding(`cat '${diary}'; ${write}`));
    expect([code, story.read("found")], err).toEqual([0, "dear diary\nsealed\n"]);
    expect(readFileSync(diary, "utf8")).toBe("dear diary\n");
  });

  test.runIf(hasBubblewrap || hasOverlay)(
    "--read of everything around it still does not show the state directory",
    () => {
      story.json("run", ".", "--", "true");
      const look = finding(`ls '${story.root}'; cat '${story.stateDir}/cabincrew.db' 2>/dev/null || echo hidden`);
      const { code, err } = story.json("run", ".", "--read", story.root, ...look);
      expect([code, story.read("found")], err).toEqual([0, expect.stringMatching(/^config\nhome\n(.*\n)*hidden\n$/)]);
    },
  );

  test("--write needs a person, who is told the place", () => {
    const outside = path.join(story.root, "outside");
    mkdirSync(outside);
    const { code, told } = story.json("run", ".", "--write", outside, "--", "sh", "-c", "echo two >> notes.txt");
    expect([code, rules(told)]).toEqual([3, ["workspace/write-outside"]]);
    expect(story.cabincrew("approvals").out).toContain(outside);
  });

  test.runIf(hasBubblewrap)("--write has no effect while planning, only at take-off (needs bubblewrap)", () => {
    const outside = path.join(story.root, "outside");
    mkdirSync(outside);
    writeFileSync(path.join(outside, "there"), "x\n");
    const early = finding(`cat '${outside}/there'; touch '${outside}/early' 2>/dev/null || echo refused`);
    expect(story.json("run", ".", "--write", outside, ...early).code).toBe(3);
    const failed = story.json("run", ".", "--write", outside, "--", "touch", path.join(outside, "early"));
    expect([failed.code, failed.told.message]).toEqual([1, expect.stringContaining("at take-off only")]);
    expect(story.tool(["ls", outside])).toBe("there\n");

    story.write({ "pair.yaml": `plan: echo will write\napply: touch ${outside}/late\n` });
    const pair = story.json("run", ".", "--write", outside, "--engine", "command", "--config", "pair.yaml");
    expect([pair.code, story.tool(["ls", outside])], pair.err).toEqual([3, "there\n"]);
    expect(story.json("approve", pair.told.run_id, "--comment", "fine", "--resume").code).toBe(0);
    expect(story.tool(["ls", outside])).toBe("late\nthere\n");
  });

  test("a place that does not exist is a usage error that names it", () => {
    const { code, told } = story.json("run", ".", "--read", "nowhere", "--", "true");
    expect([code, told.error?.message ?? told.message]).toEqual([2, expect.stringContaining("nowhere")]);
  });
});

test("every grant is part of the plan-token, and the same grants give the same one", async () => {
  // As the program this very process would be: ten programs one after the other would only take longer.
  for (const [name, value] of Object.entries({ ...story.environment, A: "swordfish-9f31c7d2", B: "2" }))
    vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const outside = path.join(story.root, "outside");
  mkdirSync(outside);
  const grants = [
    [],
    ["--network"],
    ["--env", "A"],
    ["--env", "B"],
    ["--secret", "S=env:A"],
    ["--read", story.home],
    ["--write", outside],
    ["--read", outside],
    ["--exclude-ignored"],
  ];
  const token = async (grant: readonly string[]): Promise<string> => {
    const { written, surface } = captured();
    const place = ["--state-dir", story.stateDir, "--json"];
    await main(
      ["plan", story.workspace, ...place, ...grant, "--", "sh", "-c", "echo two >> notes.txt"],
      surface as never,
    );
    return JSON.parse(written.out).plan_token;
  };
  const tokens: string[] = [];
  for (const grant of grants) tokens.push(await token(grant));
  expect(tokens).toEqual(grants.map(() => expect.stringMatching(/^[0-9a-f]{64}$/)));
  expect(new Set(tokens).size).toBe(grants.length);
  expect(await token(["--network"])).toBe(tokens[1]);
});

/** The run that a plain-text report names. */
function runOf(text: string): string {
  return /run (\w{26})/.exec(text)?.[1] ?? "";
}
