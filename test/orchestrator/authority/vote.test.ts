import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Authority,
  personOfKey,
  type SignedVote,
  signVote,
  type UntrustedVote,
  unsignedVote,
  type VotePayload,
  verifyVote,
} from "../../../orchestrator/authority/index.ts";
import { canonicalJson } from "../../../schema/index.ts";
import { authorityFrom, makeKey, people, refusal } from "./people.ts";

const request = {
  approval_id: "01A",
  run_id: "01R",
  step_id: "main",
  plan_token: "ab".repeat(32),
  expires_at: "2030-01-01T00:00:00.000Z",
  nonce: "0123456789abcdef",
};
const AT = "2029-12-31T23:59:59.999Z";
const payload: VotePayload = {
  ...request,
  format: "cabincrew.approval/1",
  decision: "approve",
  approver: "ada",
  role: "security",
  comment: "reviewed the diff",
};
const [ada, grace] = [makeKey(), makeKey()];
let authority: Authority;
let vote: SignedVote & { signature: string };
beforeAll(async () => {
  authority = await authorityFrom({
    people: people({ ada: ["operator", "security"], grace: ["operator"] }, { ada, grace }),
  });
  vote = signVote(payload, ada);
});

const refused = async (changed: UntrustedVote, field: string) => {
  const error = await refusal("approval_invalid", () => verifyVote(changed, authority, request, AT));
  expect(error.detail).toEqual({ field });
  expect(error.message).toContain(`\`${field}\``);
};

describe("a signed vote", () => {
  it("is accepted as what the ledger records, proven (AUTH-11)", () => {
    expect(verifyVote(vote, authority, request, AT)).toEqual({
      approval_id: "01A",
      decision: "approve",
      approver: { id: "ada", proven: true },
      role: "security",
      comment: "reviewed the diff",
      payload,
      signature: vote.signature,
      key_id: ada.keyId,
    });
    expect(personOfKey(authority, ada)?.id).toBe("ada");
    expect(personOfKey(authority, makeKey())).toBeUndefined();
  });

  it.each(Object.keys(request) as (keyof typeof request)[])("for another %s is refused (AUTH-12)", async (field) => {
    await refused(signVote({ ...payload, [field]: `${payload[field]}x` }, ada), field);
  });

  it("by nobody, in a role not held, or with somebody else's key is refused (AUTH-12)", async () => {
    await refused(signVote({ ...payload, approver: "eve" }, ada), "approver");
    await refused(signVote({ ...payload, approver: "Ada" }, ada), "approver");
    await refused(signVote({ ...payload, approver: "grace" }, grace), "role");
    await refused(signVote(payload, grace), "key_id");
    await refused({ ...signVote(payload, grace), key_id: ada.keyId }, "signature");
    await refused({ ...vote, key_id: null }, "signature");
    await refused(unsignedVote(payload), "signature");
    await refused({ ...unsignedVote(payload), key_id: ada.keyId }, "signature");
  });

  it("with an empty or missing member is refused, even where the request has the same (AUTH-12)", async () => {
    const members = [...Object.keys(request), "format", "decision", "approver", "role"];
    for (const field of members) {
      for (const value of ["", 7, null, undefined]) {
        const odd = { ...unsignedVote(payload), payload: { ...payload, role: "operator", [field]: value } };
        const same = field in request ? { ...request, [field]: value } : request;
        const error = await refusal("approval_invalid", () => verifyVote(odd, undefined, same as typeof request, AT));
        expect([error.detail, error.message]).toEqual([{ field }, expect.stringContaining("must be a text")]);
      }
    }
  });

  it("is signed with Ed25519 and nothing else, whatever key an authority names (AUTH-11)", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const signature = sign(null, Buffer.from(canonicalJson(payload)), privateKey).toString("base64");
    const named = { id: "ada", roles: ["security"], keys: [{ text: "", keyId: "rsa", publicKey }] };
    const odd: UntrustedVote = { payload, signature, key_id: "rsa" };
    await refusal("approval_invalid", () => verifyVote(odd, { ...authority, people: [named] }, request, AT));
  });

  it("of another form is refused, however it is signed (AUTH-12)", async () => {
    const odd = (change: Record<string, unknown>) => signVote({ ...payload, ...change } as VotePayload, ada);
    await refused(odd({ format: "cabincrew.approval/2" }), "format");
    await refused(odd({ decision: "allow" }), "decision");
    await refused(odd({ comment: 1 }), "comment");
    await refused(odd({ comment: null }), "comment");
    await refused(odd({ nonce: "" }), "nonce");
    await refused(odd({ force: "true" }), "force");
    for (const missing of [null, [], "vote"]) await refused({ ...vote, payload: missing }, "payload");
  });

  it("is refused where the request cannot be answered so (AUTH-12)", async () => {
    const resolve = { ...request, decisions: ["resolve-applied", "resolve-not-applied"] as const };
    const error = await refusal("approval_invalid", () => verifyVote(vote, authority, resolve, AT));
    expect(error.detail).toEqual({ field: "decision" });
  });

  it("at its end or later has expired (AUTH-13)", async () => {
    for (const at of [request.expires_at, "2031-01-01T00:00:00Z"]) {
      const late = await refusal("approval_expired", () => verifyVote(vote, authority, request, at));
      expect(late.detail).toEqual({ field: "expires_at" });
    }
    const never = { ...request, expires_at: "never" };
    const endless = signVote({ ...payload, expires_at: "never" }, ada);
    const error = await refusal("approval_invalid", () => verifyVote(endless, authority, never, AT));
    expect(error.detail).toEqual({ field: "expires_at" });
    await refusal("internal", () => verifyVote(vote, authority, request, "now"));
  });

  it("is refused after a change of any single bit of what was signed (AUTH-14)", () => {
    const bytes = Buffer.from(canonicalJson(payload));
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const parsed = parse(changed);
        expect(() => verifyVote({ ...vote, payload: parsed }, authority, request, AT)).toThrow(/approval is not valid/);
      }),
      { numRuns: 1000 },
    );
  });

  it("is refused after a change of any single bit of its signature, in bytes or in text (AUTH-14)", () => {
    const flips = (length: number) => Array.from({ length: length * 8 }, (_, bit) => bit);
    const flip = (bytes: Buffer, bit: number) => {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return changed;
    };
    const raw = Buffer.from(vote.signature, "base64");
    const text = Buffer.from(vote.signature, "latin1");
    const changed = [
      ...flips(64).map((bit) => flip(raw, bit).toString("base64")),
      ...flips(text.length).map((bit) => flip(text, bit).toString("latin1")),
    ];
    for (const signature of [...changed, "", vote.signature.slice(0, -1), `${vote.signature}\n`]) {
      expect(() => verifyVote({ ...vote, signature }, authority, request, AT), signature).toThrow(/`signature`/);
    }
  });
});

describe("a vote where no authority file is in force", () => {
  const own: VotePayload = { ...payload, role: "operator" };

  it("is the operating-system user's, as operator, and not proven (AUTH-7)", () => {
    expect(verifyVote(unsignedVote(own), undefined, request, AT)).toMatchObject({
      approver: { id: "ada", proven: false },
      role: "operator",
      signature: null,
      key_id: null,
    });
  });

  it("is refused in another role, with a signature, for another run, or late (AUTH-7)", async () => {
    await refusal("approval_invalid", () => verifyVote(unsignedVote(payload), undefined, request, AT));
    const { signature, key_id } = signVote(own, ada);
    for (const half of [{ signature }, { key_id }, { signature, key_id }]) {
      const odd = { ...unsignedVote(own), ...half };
      const error = await refusal("approval_invalid", () => verifyVote(odd, undefined, request, AT));
      expect(error.detail).toEqual({ field: "signature" });
    }
    await refusal("approval_invalid", () =>
      verifyVote(unsignedVote({ ...own, run_id: "01X" }), undefined, request, AT),
    );
    await refusal("approval_expired", () => verifyVote(unsignedVote(own), undefined, request, request.expires_at));
  });
});

/** What a reader would make of the bytes; no JSON at all is no payload. */
function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
