/** What processes may see: engines no network, ledger or keys; the process of models neither the machine's files nor the state. */
import { existsSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { startRun } from "../../operations/run.ts";
import { readyToTakeOff, recordOf } from "../approve.ts";
import type { Attack } from "../attack.ts";
import { startProgram } from "../driver.ts";
import { assumeThat, expectHeld } from "../outcome.ts";
import { endingOf, plan, probeRequest } from "../place.ts";
import { installProbe, PROBE } from "../probe.ts";
import { attempt, modelProcess } from "../processes.ts";
import type { Scratch } from "../scratch.ts";

const REMEDY = "Run with `--sandbox off` only what you trust; report it with the output of `cabincrew doctor --json`.";
const NEEDS = "Needs bubblewrap, which this machine lacks or does not let make namespaces";

interface Diagnostics {
  readonly read?: readonly string[];
  readonly reached?: boolean;
}

async function network(scratch: Scratch): Promise<string> {
  assumeThat(scratch.bubblewrap, NEEDS);
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const place = scratch.place("network");
    const { port } = server.address() as AddressInfo;
    const { reported, code } = await endingOf(plan(place, { ...(await scratch.harmless()), connect: port }));
    assumeThat(reported, `No run was opened (${code})`);
    const script = `exec 3<>/dev/tcp/127.0.0.1/${port}`;
    const request = probeRequest(place, {}, { engine: { command: ["bash", "-c", script] } });
    await endingOf(startRun(await place.crew(), request, { signal: place.signal }));
    expectHeld(connections === 0, `${connections} connections came out of engines that were not granted the network.`);
    return "An engine and a command tried to reach a listening port of this machine without a grant: no connection arrived.";
  } finally {
    server.close();
  }
}

async function stateHidden(scratch: Scratch): Promise<string> {
  assumeThat(scratch.bubblewrap, NEEDS);
  const place = scratch.place("state-hidden");
  const read = ["cabincrew.db", "keys/ledger.pem"].map((name) => path.join(place.stateDir, name));
  const { runId } = await readyToTakeOff(scratch, place, { ...(await scratch.harmless()), read });
  const diagnostics = (await recordOf(place, runId)).plan_receipt as { readonly diagnostics?: Diagnostics } | null;
  const seen = diagnostics?.diagnostics?.read;
  assumeThat(seen !== undefined, "The engine did not say what it could read");
  expectHeld(
    read.every((file) => existsSync(file)),
    "The ledger that the engine looked for is not there.",
  );
  expectHeld(seen.length === 0, `An engine in the sandbox read ${seen.length} files of the state directory.`);
  return "An engine looked for the ledger and its signing key while it planned: it saw neither.";
}

async function modelsConfined(scratch: Scratch): Promise<string> {
  assumeThat(scratch.bubblewrap, NEEDS);
  const configured = scratch.governance.models.some(({ error }) => error === undefined);
  assumeThat(configured, "No model is configured");
  const place = scratch.place("models-confined");
  const config = path.join(place.root, "config.json");
  writeFileSync(config, JSON.stringify({ target: "notes.txt", text: "a note\n", wait: true }));
  const driver = startProgram(place, ["plan", place.workspace, "--engine", PROBE, "--config", config]);
  try {
    const pid = await modelProcess(driver);
    assumeThat(pid !== undefined, "The run ended before its process of models could be looked at");
    const outside = readlinkSync("/proc/self/ns/net");
    const inside = attempt(() => readlinkSync(`/proc/${pid}/ns/net`));
    assumeThat(inside !== undefined, "This user may not look at the process of models");
    expectHeld(inside !== outside, "The process of models shares this machine's network.");
    expectHeld(existsSync(`/proc/${pid}/root/usr`), "The process of models could not be looked into.");
    const places = [place.stateDir, place.workspace, place.governanceDir];
    const visible = places.filter((directory) => existsSync(`/proc/${pid}/root${directory}`));
    expectHeld(visible.length === 0, `The process of models sees ${visible.length} directories of the host.`);
    return "The process that runs the models has no network and sees neither workspace, governance nor state directory.";
  } finally {
    driver.kill();
    await driver.ended;
  }
}

/** A part of WebAssembly that Node has and its types leave out. */
const importsOf = WebAssembly.Module as unknown as {
  imports(program: object): readonly { readonly module: string; readonly name: string }[];
};

/** What a policy compiled by OPA may call: OPA's own interface, nothing of the machine. */
const OPA_IMPORTS = /^env\.(memory|opa_abort|opa_println|opa_builtin[0-4])$/;

async function policiesConfined({ governance }: Scratch): Promise<string> {
  const programs = governance.policies
    .map(({ id, directory }) => ({ id, file: path.join(directory, "policy.wasm") }))
    .filter(({ file }) => existsSync(file));
  assumeThat(programs.length > 0, "No policy is configured as a pack of its own");
  for (const { id, file } of programs) {
    const program = new WebAssembly.Module(readFileSync(file));
    const foreign = importsOf.imports(program).find(({ module, name }) => !OPA_IMPORTS.test(`${module}.${name}`));
    expectHeld(foreign === undefined, `The policy ${id} wants to call ${foreign?.module}.${foreign?.name}.`);
  }
  return `${programs.length} policies are WebAssembly that imports nothing but OPA's own interface: no files, no network, no clock.`;
}

async function stranger(scratch: Scratch): Promise<string> {
  assumeThat(scratch.governance.engines.allow !== undefined, "`engines.allow` is not configured: any engine may run");
  const place = scratch.place("stranger");
  installProbe(place.configDir, "guarantee-stranger");
  const { code } = await endingOf(
    plan(place, { target: "notes.txt", text: "" }, { engine: { name: "guarantee-stranger" } }),
  );
  expectHeld(code === "policy_denied", `An engine that governance does not list ended with ${code ?? "no refusal"}.`);
  return "An engine that `engines.allow` does not name: refused before it ran.";
}

export const SANDBOX: readonly Attack[] = [
  { id: "engine-is-listed", guarantee: "Only engines that governance lists run", remedy: REMEDY, run: stranger },
  { id: "no-network", guarantee: "An engine reaches no network that was not granted", remedy: REMEDY, run: network },
  {
    id: "state-hidden",
    guarantee: "An engine sees neither the ledger nor its signing key",
    remedy: REMEDY,
    run: stateHidden,
  },
  {
    id: "policies-confined",
    guarantee: "Policies can call nothing of the host",
    remedy: "Remove the policy from the governance file; nothing that OPA compiles needs more.",
    run: policiesConfined,
  },
  {
    id: "models-confined",
    guarantee: "The process that runs models sees neither network nor files of the host",
    remedy: REMEDY,
    run: modelsConfined,
  },
];
