import * as crypto from "node:crypto";

/** SHA-256 of bytes held in memory, 64 hex digits. The one-shot call of Node ≥ 20.12 is three times faster on small inputs. */
export const sha256Hex: (bytes: Uint8Array) => string =
  typeof crypto.hash === "function"
    ? (bytes) => crypto.hash("sha256", bytes, "hex")
    : (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");
