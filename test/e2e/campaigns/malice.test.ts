import { describe, expect, it } from "vitest";
import { campaign } from "./campaign.ts";

describe("a slice of the campaign of malice (npm run campaign:malice)", () => {
  it("a hostile command writes nothing outside, reads no ledger in the sandbox and leaves no daemon behind", () => {
    const attacks = "write-outside,read-state,daemon-of-own-session";
    const { code, lastLine, printed } = campaign("malice", "--only", attacks, "--way", "overlay", "--user", "ordinary");
    expect(lastLine, printed).toMatch(/^\d+ passed, 0 failed$/);
    expect(code).toBe(0);
  }, 60_000);
});
