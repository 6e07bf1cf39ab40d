/** What no plan should carry: keys, and changes that make Git run something. The user's own policies and models must stop it. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RunReport } from "../../api.ts";
import { startRun } from "../../operations/run.ts";
import type { Attack } from "../attack.ts";
import { assumeThat, expectHeld } from "../outcome.ts";
import { endingOf, judgedPlan, type Place, plan, probeRequest } from "../place.ts";
import type { ProbeConfig } from "../probe.ts";
import type { Scratch } from "../scratch.ts";

const REMEDY = "Add `builtin:default` to policies and `builtin:credentials` to models in the governance file.";

function assumeJudges({ governance }: Scratch): void {
  const judges = governance.policies.length + governance.models.length;
  assumeThat(
    judges > 0,
    "No policy and no model is configured, so no plan is judged by its content; every plan is denied",
  );
}

function privateKey(): ProbeConfig {
  const { privateKey: key } = generateKeyPairSync("ed25519");
  return { target: "src/server.txt", text: key.export({ type: "pkcs8", format: "pem" }).toString() };
}

function accessToken(): ProbeConfig {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const random = [...randomBytes(36)].map((byte) => letters[byte % letters.length]).join("");
  return { target: "src/client.js", text: `export const token = "ghp_${random}";\n` };
}

/** Ends as broken where the plan could take off without anybody's word. */
async function expectStopped(place: Place, config: ProbeConfig, what: string): Promise<RunReport> {
  const report = await judgedPlan(place, config);
  expectHeld(
    report.state !== "PREFLIGHT_COMPLETE",
    `A plan that writes ${what} was let pass by every policy and model.`,
  );
  return report;
}

async function stopped(scratch: Scratch, name: string, config: ProbeConfig, what: string): Promise<string> {
  assumeJudges(scratch);
  const report = await expectStopped(scratch.place(name), config, what);
  const judge = report.evaluations.find(({ decision, failure }) => decision === report.decision && !failure);
  assumeThat(judge !== undefined, `The plan was stopped, but by no policy or model that judged it (${report.message})`);
  const how = report.decision === "deny" ? "denied" : "stopped until a person approves";
  return `A plan that writes ${what}: ${how} by ${judge.policy_id} (${judge.reason.replace(/\.$/, "")}).`;
}

async function gitHook(scratch: Scratch): Promise<string> {
  const place = scratch.place("git-hook");
  mkdirSync(path.join(place.workspace, ".git", "hooks"), { recursive: true });
  const script = "mkdir -p .git/hooks; printf '#!/bin/sh\\nexit 0\\n' > .git/hooks/post-checkout; echo x > notes.txt";
  const planned = await endingOf(plan(place, { target: ".git/hooks/post-checkout", text: "#!/bin/sh\nexit 0\n" }));
  assumeThat(planned.reported, `No run was opened (${planned.code})`);
  expectHeld(planned.exitCode !== 0, "A plan that writes a Git hook was let pass.");
  const request = probeRequest(place, {}, { engine: { command: ["sh", "-c", script] } });
  const command = await endingOf(startRun(await place.crew(), request, { signal: place.signal }));
  expectHeld(command.exitCode !== 0, "A command that writes a Git hook was let pass.");
  return `A Git hook, planned by an engine and by a command: stopped with ${planned.code} and ${command.code}.`;
}

async function loosening(scratch: Scratch): Promise<string> {
  assumeJudges(scratch);
  const config = privateKey();
  const without = await expectStopped(scratch.place("tight"), config, "a private key");
  const place = scratch.place("loosening");
  const brought = path.join(place.workspace, ".cabincrew");
  mkdirSync(brought, { recursive: true });
  const waiver = {
    id: "all",
    rule: "default/workspace/private-key",
    scope: { paths: ["src/**"] },
    owner: "nobody",
    reason: "none",
    expires: new Date(Date.now() + 86_400_000).toISOString(),
  };
  const files = {
    "governance.json": { version: 1, policies: [], models: [], waivers: ["waivers.json"] },
    "waivers.json": { version: 1, waivers: [waiver] },
    "authority.json": { version: 1, people: [] },
  };
  for (const [name, value] of Object.entries(files)) writeFileSync(path.join(brought, name), JSON.stringify(value));
  const report = await expectStopped(place, config, "a private key and brings a governance of its own");
  expectHeld(
    report.decision === without.decision,
    `What the workspace brought made ${without.decision} into ${report.decision}.`,
  );
  return "A workspace brought a governance file without judges, a waiver and an authority file: nothing of it was followed.";
}

export const CONTENT: readonly Attack[] = [
  {
    id: "private-key-stopped",
    guarantee: "A plan that writes a private key is stopped",
    remedy: REMEDY,
    run: (scratch) => stopped(scratch, "private-key", privateKey(), "a private key"),
  },
  {
    id: "credential-stopped",
    guarantee: "A plan that writes an access token is stopped",
    remedy: REMEDY,
    run: (scratch) => stopped(scratch, "credential", accessToken(), "an access token"),
  },
  { id: "git-write-stopped", guarantee: "A plan that writes below .git/ is stopped", remedy: REMEDY, run: gitHook },
  {
    id: "workspace-cannot-loosen",
    guarantee: "What a workspace brings cannot loosen what governs it",
    remedy: "Do not run on workspaces of others with this version; report it.",
    run: loosening,
  },
];
