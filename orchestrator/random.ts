import { randomFillSync } from "node:crypto";

const POOL = Buffer.alloc(1024);
let used = POOL.length;

/** A cryptographically random number in 0..1 out of a pool: asking the system for every single digit of an id is slow. */
export function randomFraction(): number {
  if (used === POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  const value = (POOL[used] ?? 0) / 0x100;
  used += 1;
  return value;
}
