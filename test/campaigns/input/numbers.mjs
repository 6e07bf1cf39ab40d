// Numbers as RFC 8785 writes them, against its author's published sequence (github.com/cyberphone/json-canonicalization,
// testdata): edge cases, 2,000 neighbours of the smallest normal number, then SHA-256 of the block before as four doubles, for
// ever. Lines are `<IEEE 754 in hex>,<number>`; the digests of the first N lines are published.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const EDGES = readFileSync(new URL("numbers.txt", import.meta.url), "utf8")
  .trim()
  .split(/\s+/);
const NEIGHBOURS = 2000;

/** SHA-256 of the first lines, by their number. */
export const PUBLISHED = new Map([
  [1_000, "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687"],
  [10_000, "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892"],
  [100_000, "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7"],
  [1_000_000, "49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16"],
  [10_000_000, "b9f8a44a91d46813b21b9602e72f112613c91408db0b8341fb94603d9db135e0"],
  [100_000_000, "0f7dda6b0837dde083c5d6b896f7d62340c8a2415b0c7121d83145e08a755272"],
]);

/** Writes `count` numbers with `write` and adds to the report whether each published digest was met on the way. */
export function checkNumbers(count, write, report) {
  const kind = "numbers of RFC 8785";
  const digest = createHash("sha256");
  let lines = "";
  let done = 0;
  let vouched = 0;
  for (const number of sequence()) {
    lines += `${hex(number)},${write(number)}\n`;
    done += 1;
    const expected = PUBLISHED.get(done);
    if (done % 10_000 === 0 || expected !== undefined || done === count) {
      digest.update(lines);
      lines = "";
    }
    if (expected !== undefined) {
      const met = digest.copy().digest("hex") === expected;
      report.add(kind, met ? undefined : `the first ${done} numbers are not written as published`, done - vouched);
      vouched = done;
    }
    if (done === count) break;
  }
  report.note(kind, `${done.toLocaleString("en")} written; each published digest vouches for all before it`);
}

const bits = new DataView(new ArrayBuffer(8));

function hex(number) {
  bits.setFloat64(0, number);
  return bits.getBigUint64(0).toString(16);
}

function* sequence() {
  for (const edge of EDGES) {
    bits.setBigUint64(0, BigInt(`0x${edge}`));
    yield bits.getFloat64(0);
  }
  for (let index = 0; index < NEIGHBOURS; index += 1) {
    bits.setBigUint64(0, 0x0010000000000000n + BigInt(index));
    yield bits.getFloat64(0);
  }
  for (let block = Buffer.alloc(32); ; ) {
    block = createHash("sha256").update(block).digest();
    for (let at = 0; at < 32; at += 8) {
      const number = block.readDoubleLE(at);
      if (number !== 0 && Number.isFinite(number)) yield number;
    }
  }
}
