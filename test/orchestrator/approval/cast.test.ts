import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Ballot, castVote } from "../../../orchestrator/approval/cast.ts";
import {
  type Authority,
  generateApproverKey,
  readPrivateKey,
  verifyVote,
  writeKey,
} from "../../../orchestrator/authority/index.ts";
import type { Crew } from "../../../orchestrator/crew.ts";
import type { GateNeed } from "../../../orchestrator/ledger/event.ts";
import { authorityFrom, refusal } from "../authority/people.ts";
import { NOW, RUN_ID, TOKEN, waiting } from "./waiting-run.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-cast-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A user with these keys in their configuration directory; castVote reads nothing else of a crew. */
function user(name: string, ...keys: readonly string[]) {
  const configDir = path.join(scratch, name);
  mkdirSync(configDir);
  const directory = path.join(configDir, "keys");
  const files = keys.map((key) => writeKey(directory, key, generateApproverKey()).privateFile);
  const crew = { options: { configDir, principal: { id: "ada", proven: false } } } as unknown as Crew;
  return { crew, files, directory };
}

const approve: Ballot = { decision: "approve" };
const one = user("one", "grace");
const [graceFile = ""] = one.files;

async function authority(roles: readonly string[], rules: Record<string, unknown> = {}): Promise<Authority> {
  const keys = [readPrivateKey(graceFile).publicText];
  const rest = { id: "zoe", roles: ["chief", "operator"], keys: [generateApproverKey().publicText] };
  return authorityFrom({ people: [{ id: "grace", roles, keys }, rest], ...rules });
}

const gates = (...roles: readonly string[]): { gates: GateNeed[] } => ({
  gates: roles.map((role) => ({ role, count: 1 })),
});

describe("a vote without an authority file", () => {
  it("is the user's, as operator where nothing else is said, and proves nothing", () => {
    const vote = castVote(one.crew, undefined, waiting(), { ...approve, comment: "good" });
    expect(vote).toMatchObject({
      approval_id: "01A",
      decision: "approve",
      approver: { id: "ada", proven: false },
      role: "operator",
      comment: "good",
      signature: null,
      key_id: null,
      payload: { run_id: RUN_ID, plan_token: TOKEN, approver: "ada", comment: "good" },
    });
    const silent = castVote(one.crew, undefined, waiting(), { ...approve, role: "chief" });
    expect([silent.role, silent.comment, silent.payload]).toEqual(["chief", null, expect.anything()]);
    expect(silent.payload).not.toHaveProperty("comment");
    const no = castVote(one.crew, undefined, waiting(), { decision: "reject" });
    expect([no.decision, no.approval_id, no.payload["nonce"]]).toEqual(["reject", "01A", "0123456789abcdef"]);
  });

  it("with a key is refused: it would prove nothing", async () => {
    const error = await refusal("key_invalid", () =>
      castVote(one.crew, undefined, waiting(), { ...approve, keyFile: graceFile }),
    );
    expect(error.next).toContain("Leave --key out");
  });
});

describe("a vote under an authority file", () => {
  it("is signed with the user's only key, and says whose key that is", async () => {
    const rules = await authority(["operator"]);
    const run = waiting();
    const vote = castVote(one.crew, rules, run, approve);
    expect(vote.approver).toEqual({ id: "grace", proven: true });
    const request = { ...run.approval, run_id: RUN_ID, step_id: "main", plan_token: TOKEN };
    expect(verifyVote(vote, rules, request, NOW)).toEqual(vote);
  });

  it("with a key that is nobody's names the key", async () => {
    const stranger = user("stranger", "mallory");
    const rules = await authority(["operator"]);
    const error = await refusal("approval_invalid", () => castVote(stranger.crew, rules, waiting(), approve));
    const { keyId } = readPrivateKey(stranger.files[0] ?? "");
    expect(error.detail).toEqual({ key_id: keyId });
    expect(error.next).toContain("--key");
  });

  it("needs to be told which key where the user has none or several", async () => {
    const rules = await authority(["operator"]);
    const none = user("none");
    const lacking = await refusal("key_invalid", () => castVote(none.crew, rules, waiting(), approve));
    expect([lacking.message, lacking.next]).toEqual([
      `An authority file is in force, and ${none.directory} holds no key.`,
      expect.stringContaining("cabincrew key generate"),
    ]);
    const two = user("two", "grace", "linus");
    const torn = await refusal("key_invalid", () => castVote(two.crew, rules, waiting(), approve));
    expect([torn.message, torn.next]).toEqual([
      `An authority file is in force, and ${two.directory} holds 2 keys.`,
      "Name the one to sign with: --key FILE.",
    ]);
    expect(castVote(two.crew, rules, waiting(), { ...approve, keyFile: graceFile }).approver.id).toBe("grace");
  });

  const cases: readonly [string, readonly string[], readonly string[], string][] = [
    ["the first gate they can help to pass", ["operator", "security"], ["chief", "security", "operator"], "security"],
    ["the default role where they can pass none", ["security", "operator"], ["chief"], "operator"],
    ["any role they hold where the default is not theirs either", ["security", "guest"], ["chief"], "security"],
  ];
  it.each(cases)("is cast in %s", async (_, held, asked, role) => {
    const rules = await authority(held);
    expect(castVote(one.crew, rules, waiting(gates(...asked)), approve).role).toBe(role);
  });

  it("is cast in the role that is named, whatever would be chosen", async () => {
    const rules = await authority(["security", "operator"]);
    expect(castVote(one.crew, rules, waiting(gates("operator")), { ...approve, role: "security" }).role).toBe(
      "security",
    );
  });

  it("is cast in the default role about a take-off that no approval was asked for", async () => {
    const rules = await authority(["security", "operator"]);
    const unasked = { ...waiting(), approval: null };
    expect(castVote(one.crew, rules, unasked, { decision: "resolve-applied" }).role).toBe("operator");
  });
});
