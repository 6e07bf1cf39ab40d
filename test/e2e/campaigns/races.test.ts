import { describe, expect, it } from "vitest";
import { campaign } from "./campaign.ts";

describe("a slice of the campaign of races (npm run campaign:races)", () => {
  it("takes off once, loses no decision and shows nobody a driver's error, though processes act at once", () => {
    const { code, lastLine, printed } = campaign("races", "4");
    expect(lastLine, printed).toMatch(/^\d+ passed, 0 failed$/);
    expect(code).toBe(0);
  }, 240_000);
});
