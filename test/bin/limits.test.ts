/** Limits that a container, a login session or `ulimit` sets: they are kept, and where one is too low its name is said. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { commandLine } from "./command-line.ts";

const PROGRAM = path.join(import.meta.dirname, "..", "..", "bin", "cabincrew.cjs");
const MIB = 1024 ** 2;

/** Of root the right to raise what was lowered is taken as well, which an ordinary user does not have. */
const ORDINARY = process.getuid?.() === 0 ? ["setpriv", "--bounding-set", "-sys_resource"] : [];
const works = (...argv: readonly string[]) => spawnSync(argv[0] ?? "", [...argv.slice(1), "true"]).status === 0;

/** A run that appends to a file, started by another program. */
function runUnder(starter: readonly string[], judges?: "shipped", variables: NodeJS.ProcessEnv = {}) {
  const cli = commandLine({}, judges);
  const argv = [process.execPath, PROGRAM, "run", ".", "--json", "--", "sh", "-c", "echo x >>a"];
  const [file = "", ...args] = [...starter, ...argv];
  const options = { cwd: cli.workspace, env: { ...cli.environment, ...variables }, encoding: "utf8" } as const;
  const { status, stdout } = spawnSync(file, args, options);
  return { status, told: stdout };
}

/** Runs a script where `$1` is mounted noexec, in a mount namespace of its own. */
function whereNoexec(cli: ReturnType<typeof commandLine>, place: string, script: string) {
  const mounted = 'mount -t tmpfs -o noexec tmpfs "$1" && shift && exec "$@"';
  const argv = [NAMESPACE, "sh", "-c", mounted, "sh", place, "sh", "-c", script];
  return spawnSync("unshare", argv, { cwd: cli.workspace, env: cli.environment, encoding: "utf8" });
}

const NAMESPACE = process.getuid?.() === 0 ? "-m" : "-Urm";
const mounts = works("unshare", NAMESPACE, "sh", "-c", "mount -t tmpfs tmpfs /tmp && exec true");
const RUN = `"${process.execPath}" "${PROGRAM}" run .`;

describe.runIf(mounts)("on a file system that is mounted noexec", () => {
  test("a command, an engine and an own program of the workspace's plain copy are refused with that reason", () => {
    const cli = commandLine({ "own.sh": "#!/bin/sh\necho x >>a\n" });
    chmodSync(path.join(cli.workspace, "own.sh"), 0o755);
    const place = path.join(cli.root, "temporary");
    mkdirSync(place);
    writeFileSync(path.join(cli.workspace, "copy.yaml"), "private_copy: copy\n");
    const { stderr } = whereNoexec(
      cli,
      place,
      `cp own.sh ${place}
      ${RUN} -- ${place}/own.sh
      ${RUN} --engine ${place}/own.sh
      ${RUN} --sandbox off --state-dir ${place}/state --config copy.yaml -- ./own.sh`,
    );
    expect(stderr).toContain("cannot be started: its file system is mounted noexec");
    expect(stderr).toContain("cannot be executed: its file system is mounted noexec");
    expect(stderr).toContain("No program of the workspace can be started in its private copy");
  });

  test("the shipped example runs where that are the temporary files", () => {
    const cli = commandLine();
    const place = path.join(cli.root, "temporary");
    mkdirSync(place);
    const example = path.join(PROGRAM, "../../spec/examples/agent/example.mjs");
    const { stderr } = whereNoexec(cli, place, `TMPDIR=${place} "${process.execPath}" ${example}`);
    expect(stderr).toContain("Applied exactly as approved.");
  });
});

/** From 24 on Node reserves 512 MiB of writable memory for code, and fewer addresses for WebAssembly: other limits would be needed. */
const beforeNode24 = Number(process.versions.node.split(".")[0]) < 24;

describe("under limits", () => {
  const data = [...ORDINARY, "prlimit", `--data=${512 * MIB}`];
  test.runIf(beforeNode24 && works(...data))("a limit of writable memory is kept by the judges, never raised", () => {
    expect(runUnder(data, "shipped")).toMatchObject({ status: 0 });
  });

  const addresses = ["prlimit", `--as=${4096 * MIB}`];
  test.runIf(beforeNode24 && works(...addresses))("a limit of addresses denies with the way out, which works", () => {
    const { status, told } = runUnder(addresses);
    expect(status).toBe(4);
    const option = /NODE_OPTIONS=(--[\w-]+)/.exec(told)?.[1];
    expect(told).toContain("ulimit -v");
    expect(runUnder(addresses, undefined, { NODE_OPTIONS: option })).toMatchObject({ status: 0 });
  });

  test.runIf(process.platform === "linux")(
    "a descriptor left open above the limit is a shortage of descriptors",
    () => {
      const { status, told } = runUnder(["bash", "-c", 'exec 200>/dev/null; ulimit -n 128; exec "$@"', "bash"]);
      expect(status).toBe(1);
      expect(JSON.parse(told).error).toMatchObject({
        code: "resources_exhausted",
        next: expect.stringContaining("ulimit -n"),
      });
    },
  );

  const files = ["prlimit", `--fsize=${MIB / 16}`];
  test.runIf(works(...files))("a limit of file sizes that the ledger reaches is named", () => {
    const { status, told } = runUnder(files);
    expect(status).toBe(2);
    expect(JSON.parse(told).error).toMatchObject({
      code: "state_unusable",
      next: expect.stringContaining("ulimit -f"),
    });
  });

  const permission = ["--permission", "--experimental-permission"].find((flag) =>
    works(process.execPath, flag, "-e", ";"),
  );
  test.runIf(permission)("Node's permission model is refused before anything is made", () => {
    const cli = commandLine();
    const argv = [permission ?? "", "--allow-fs-read=*", PROGRAM, "list", "--json"];
    const { status, stdout } = spawnSync(process.execPath, argv, { env: cli.environment, encoding: "utf8" });
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "usage",
      message: expect.stringContaining("permission model"),
    });
  });

  test("without `cp` on the PATH a plain copy is refused by that name", () => {
    const cli = commandLine();
    cli.environment["PATH"] = path.join(cli.root, "nothing");
    const { code, err } = cli.cabincrew("run", ".", "--sandbox", "off", "--", "/bin/sh", "-c", "echo x >>a");
    expect(code).toBe(1);
    expect(err).toContain("there is no `cp` on the PATH");
  });

  test("a Node that knows itself only by its name, as without /proc, is found on the PATH", () => {
    const cli = commandLine();
    writeFileSync(path.join(cli.root, "nameless.cjs"), 'process.execPath = "node";');
    cli.environment["NODE_OPTIONS"] = `--require ${path.join(cli.root, "nameless.cjs")}`;
    cli.environment["PATH"] = `${path.dirname(process.execPath)}:${cli.environment["PATH"]}`;
    expect(cli.cabincrew("run", ".", "--", "sh", "-c", "echo x >>a")).toMatchObject({ code: 0 });
  });
});
