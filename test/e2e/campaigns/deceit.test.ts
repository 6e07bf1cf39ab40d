import { describe, expect, it } from "vitest";
import { campaign } from "./campaign.ts";

describe("a slice of the campaign of deceit (npm run campaign:deceit)", () => {
  it("shows what hides, believes no receipt that lies, and takes off with nothing that was replaced", () => {
    const { code, lastLine, printed } = campaign("deceit", "--slice");
    expect(lastLine, printed).toMatch(/^\d+ passed, 0 failed$/);
    expect(code).toBe(0);
  }, 240_000);
});
