import { describe, expect, it } from "vitest";
import { hasBubblewrap, hasOverlay } from "../../engines/exec/engine.ts";
import { campaign } from "./campaign.ts";

const way = hasOverlay ? "overlay" : "copy";
const modes = ["--way", way, "--user", "ordinary", ...(hasBubblewrap ? [] : ["--sandbox", "off"])];
const tried = `on ${way === "copy" ? "a copy" : "an overlay"}${hasBubblewrap ? "" : "; not in the sandbox: needs bubblewrap"}`;

describe("a slice of the campaign of malice (npm run campaign:malice)", () => {
  it(`a hostile command writes nothing outside, reads no ledger in the sandbox and leaves no daemon behind (${tried})`, () => {
    const attacks = "write-outside,read-state,daemon-of-own-session";
    const { code, lastLine, printed } = campaign("malice", "--only", attacks, ...modes);
    expect(lastLine, printed).toMatch(/^\d+ passed, 0 failed$/);
    expect(code).toBe(0);
  }, 60_000);
});
