import { sha256Hex } from "./one-shot.ts";
import type { ContentSink } from "./port.ts";

/** A sink that only hashes, for checks that must leave nothing behind (`cabincrew engine check`). */
export const hashOnly: ContentSink = {
  putFile: async (file) => {
    const { closeSync, constants, openSync } = await import("node:fs");
    const { pump } = await import("./pump.ts");
    if (typeof file === "number") return pump(file);
    const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return await pump(fd);
    } finally {
      closeSync(fd);
    }
  },
  putMany: async (contents) => contents.map((bytes) => ({ sha256: sha256Hex(bytes), size: bytes.length })),
};
