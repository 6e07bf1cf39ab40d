import { describe, expect, it } from "vitest";
import { campaign } from "./campaign.ts";

describe("a slice of the campaign of secrets (npm run campaign:secrets)", () => {
  it("leaves canary values in no file, no output and no process's arguments", () => {
    const { code, lastLine, printed } = campaign("secrets", "3");
    expect(lastLine, printed).toMatch(/^\d+ passed, 0 failed$/);
    expect(code).toBe(0);
  }, 240_000);
});
