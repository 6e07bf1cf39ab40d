/** A15: what an engine says and nobody can read to its end is no answer, and no defect that is thrown at people. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { execute, openStreams } from "../../../engines/launch/index.ts";
import { scratch } from "./scene.ts";

const broken = () => Object.assign(new Error("read EIO"), { code: "EIO" });

it.each(["stdout", "stderr"] as const)(
  "ends an engine whose %s cannot be read, whenever that is found",
  async (name) => {
    for (const early of [true, false]) {
      const place = scratch();
      const names = [path.join(place, "stdout"), path.join(place, "stderr")] as const;
      execFileSync("mkfifo", names);
      const streams = await openStreams(place, "", Promise.resolve(names));
      const stream = streams.ours?.[name];
      if (early) {
        stream?.destroy(broken());
        await new Promise((resolve) => stream?.on("close", resolve));
      }
      const end = await execute({
        ...{ file: "/bin/sh", args: ["-c", "exec cat /dev/zero"], env: {}, cwd: place, marker: place, who: "Engine x" },
        ...{ sandboxed: false, streams, limits: { timeoutMs: 20_000, stdoutBytes: 2 ** 40, stderrBytes: 2 ** 40 } },
        onStart: () => void (early || stream?.destroy(broken())),
        onStderr: () => undefined,
      });
      expect(end.stopped).toMatchObject({
        code: "internal",
        message: expect.stringMatching(/^Reading what the engine says: .*EIO/),
      });
    }
  },
);
