import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../../bin/command-line.ts";

const CHANGE = ["--", "sh", "-c", "echo FROM scratch > Dockerfile"];

/** A governance directory whose only approver is ada, and another one without any authority. */
function scene() {
  const cli = commandLine({ "a.txt": "hello\n" });
  const inside = (name: string) => path.join(cli.root, name);
  const write = (directory: string, name: string, text: string) => {
    mkdirSync(inside(directory), { recursive: true });
    writeFileSync(path.join(inside(directory), name), text);
  };
  const key = cli.json("key", "generate", "ada").document as unknown as { public: string; private_file: string };
  write("own", "governance.yaml", "version: 1\npolicies: [builtin:default]\nmodels: []\nauthority: authority.yaml\n");
  const person = `{ id: ada, roles: [operator], keys: ["${key.public}"] }`;
  write("own", "authority.yaml", `version: 1\npeople: [${person}]\n`);
  write("other", "governance.yaml", "version: 1\npolicies: [builtin:default]\nmodels: []\n");
  return { cli, own: inside("own"), other: inside("other"), key: key.private_file };
}

describe("a run that was opened under a named governance (spec/governance.md GOV-1)", () => {
  it("is approved and resumed under it without naming it again", () => {
    const { cli, own, key } = scene();
    const { run_id, plan_token } = cli.json("run", ".", "--governance", own, ...CHANGE).document;
    expect(cli.json("approve", plan_token, "--key", key).code).toBe(0);
    expect(cli.json("resume", run_id)).toMatchObject({ code: 0, document: { state: "COMPLETED" } });
  });

  it("takes no word from somebody who names a governance without its authority", () => {
    const { cli, own, other } = scene();
    const { run_id } = cli.json("run", ".", "--governance", own, ...CHANGE).document;
    for (const decision of ["approve", "reject"]) {
      expect(cli.json(decision, run_id, "--governance", other)).toMatchObject({
        code: 5,
        document: { error: { code: "governance_changed", next: expect.stringContaining(own) } },
      });
    }
    expect(cli.json("show", run_id).document.state).toBe("AWAITING_APPROVAL");
  });

  it("is not approved once its authority file says something else", () => {
    const { cli, own, key } = scene();
    const { run_id } = cli.json("run", ".", "--governance", own, ...CHANGE).document;
    writeFileSync(path.join(own, "governance.yaml"), "version: 1\npolicies: [builtin:default]\nmodels: []\n");
    expect(cli.json("approve", run_id)).toMatchObject({ code: 5, document: { error: { code: "governance_changed" } } });
    expect(cli.json("approve", run_id, "--key", key).code).toBe(5);
  });
});

describe("approving without an authority file", () => {
  it("refuses a key, which would prove nothing", () => {
    const { cli, key } = scene();
    const { run_id } = cli.json("run", ".", ...CHANGE).document;
    const { code, document } = cli.json("approve", run_id, "--key", key);
    expect([code, document.error.code]).toEqual([2, "key_invalid"]);
    expect(cli.json("show", run_id).document.state).toBe("AWAITING_APPROVAL");
  });
});

describe("the command that a waiting run shows", () => {
  it("names the state directory where that was named", () => {
    const { cli } = scene();
    const elsewhere = path.join(cli.root, "another state");
    const report = cli.json("run", ".", "--state-dir", elsewhere, ...CHANGE).document;
    const command = `cabincrew approve ${report.plan_token.slice(0, 12)} --run ${report.run_id} --state-dir '${elsewhere}'`;
    expect(report.approval?.command).toBe(command);
    expect(cli.json("approvals", "--state-dir", elsewhere).document.approvals).toMatchObject([{ command }]);
  });
});

describe("resume --all", () => {
  it("has nothing to do where a run only waits for a person, and exits 0", () => {
    const { cli } = scene();
    expect(cli.json("run", ".", ...CHANGE).code).toBe(3);
    expect(cli.json("resume", "--all")).toEqual({ code: 0, document: { runs: [], exit_code: 0 } });
    expect(readdirSync(cli.workspace)).toEqual(["a.txt"]);
  });
});
