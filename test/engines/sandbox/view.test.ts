/** DESIGN section 7: what a program in the sandbox sees and may do, shown by running real programs in it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { bubblewrapArguments, findBubblewrap, findProgram, type SandboxView } from "../../../engines/sandbox/index.ts";

const bubblewrap = await findBubblewrap();
const made: string[] = [];
let base: string;
let view: SandboxView;

beforeEach(() => {
  base = realpathSync(mkdtempSync(path.join(tmpdir(), "sandbox-")));
  made.push(base);
  for (const name of ["ws", "state/runs/1/artifacts", "home", "temp", "secret"])
    mkdirSync(path.join(base, name), { recursive: true });
  writeFileSync(path.join(base, "state/cabincrew.db"), "ledger");
  writeFileSync(path.join(base, "secret/key"), "private");
  writeFileSync(path.join(base, "ws/file"), "old");
  view = {
    binds: [{ from: at("ws"), to: at("ws"), mode: "ro" }],
    hide: [at("state")],
    home: at("home"),
    temp: at("temp"),
    network: false,
    chdir: at("ws"),
  };
});
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

const at = (name: string): string => path.join(base, name);

function sh(script: string, changed: Partial<SandboxView> = {}): string {
  const args = [...bubblewrapArguments({ ...view, ...changed }), "--", "/bin/sh", "-c", `{ ${script}; } 2>&1 || true`];
  return execFileSync(bubblewrap ?? "", args, { encoding: "utf8" }).trim();
}

it("says whether bubblewrap works here and keeps the answer", async () => {
  expect(await findBubblewrap()).toBe(bubblewrap);
  expect(await findProgram("no-such-program-anywhere")).toBeUndefined();
});

describe.skipIf(!bubblewrap)("the sandbox (needs bubblewrap)", () => {
  it("shows a workspace below /tmp and refuses to write it when it is bound read-only", () => {
    expect(sh(`cat file; pwd; echo new > file`)).toMatch(/^old.*Read-only file system/s);
    expect(readFileSync(at("ws/file"), "utf8")).toBe("old");
  });

  it("lets a workspace bound read-write be written", () => {
    sh("echo new > file", { binds: [{ from: at("ws"), to: at("ws"), mode: "rw" }] });
    expect(readFileSync(at("ws/file"), "utf8")).toBe("new\n");
  });

  it("keeps the rest of the system read-only and /tmp private", () => {
    expect(sh("touch /usr/probe")).toContain("Read-only file system");
    expect(sh(`ls ${base}; touch /tmp/probe-of-sandbox && echo ok`)).not.toContain("secret");
    expect(existsSync("/tmp/probe-of-sandbox")).toBe(false);
  });

  it("gives a writable private home and temporary directory", () => {
    sh(`echo a > ${at("home")}/a; echo b > ${at("temp")}/b`);
    expect(existsSync(at("home/a")) && existsSync(at("temp/b"))).toBe(true);
  });

  it("hides the user's real home", () => {
    const marker = mkdtempSync(path.join(homedir(), ".sandbox-test-"));
    made.push(marker);
    expect(sh(`ls ${marker}`)).toContain("No such file");
  });

  it("hides the state directory even when what surrounds it is bound, also under another name", () => {
    const binds = [
      { from: base, to: base, mode: "rw" as const },
      { from: base, to: "/tmp/alias", mode: "ro" as const },
    ];
    expect(sh(`ls ${at("state")} /tmp/alias/state; cat ${at("secret/key")}`, { binds })).not.toContain("cabincrew.db");
    expect(sh(`cat ${at("secret/key")}`, { binds })).toBe("private");
  });

  it("leaves out a bind of the state directory itself but keeps a directory inside it that was bound on purpose", () => {
    const artifacts = at("state/runs/1/artifacts");
    const binds = [
      { from: artifacts, to: artifacts, mode: "rw" as const },
      { from: at("state"), to: at("state"), mode: "rw" as const },
    ];
    expect(sh(`ls ${at("state")}; echo x > ${artifacts}/x`, { binds, chdir: artifacts })).toBe("runs");
    expect(existsSync(path.join(artifacts, "x"))).toBe(true);
  });

  it("mounts nested paths in order of depth, whatever order they are given in", () => {
    mkdirSync(at("ws/sub"));
    const binds = [
      { from: at("ws/sub"), to: at("ws/sub"), mode: "ro" as const },
      { from: at("ws"), to: at("ws"), mode: "rw" as const },
    ];
    expect(sh("touch ok sub/no", { binds })).toContain("sub/no");
    expect(existsSync(at("ws/ok")) && !existsSync(at("ws/sub/no"))).toBe(true);
  });

  it("keeps programs on the search path visible below a home, with the installation around their bin directory", () => {
    const tool = mkdtempSync(path.join(homedir(), ".sandbox-tool-"));
    made.push(tool);
    mkdirSync(path.join(tool, "bin"));
    writeFileSync(path.join(tool, "library"), "library");
    writeFileSync(path.join(tool, "credentials"), "token");
    writeFileSync(path.join(tool, "bin/tool"), '#!/bin/sh\ncat "$(dirname "$0")/../library"\n', { mode: 0o755 });
    const changed = { path: `${tool}/bin:/usr/bin:/bin` };
    expect(sh(`${tool}/bin/tool; ls -A ${homedir()}`, changed)).toBe(`library${path.basename(tool)}`);
    expect(sh(`cat ${tool}/credentials`, changed)).toContain("Permission denied");
  });

  it("has its own process numbers and hides runtime sockets", () => {
    expect(sh("echo $$; ls /run").split("\n")).toHaveLength(1);
    expect(Number(sh("echo $$"))).toBeLessThan(10);
  });

  it("reaches the network only when that is granted", async () => {
    const server = createServer((socket) => socket.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const connect = `require("node:net").connect(${port},"127.0.0.1").on("connect",()=>{console.log("open");process.exit()}).on("error",e=>console.log(e.code))`;
    const run = (network: boolean) =>
      sh(`${process.execPath} -e '${connect}'`, {
        network,
        binds: [
          ...view.binds,
          { from: path.dirname(process.execPath), to: path.dirname(process.execPath), mode: "ro" },
        ],
      });
    expect([run(false), run(true)]).toEqual(["ECONNREFUSED", "open"]);
    server.close();
    expect(sh("cat /etc/resolv.conf > /dev/null && echo resolver", { network: true })).toBe("resolver");
  });
});
