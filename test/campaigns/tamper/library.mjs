// What `verify` answers, asked of the built library in this very process: a cold program for each attack costs ten times as much.
// Every so often both are asked (`playTwice` in parts.mjs), and must answer alike.
import path from "node:path";
import { ROOT } from "./scene.mjs";

const { CabincrewError, openCrew, verifyExport, verifyLedger } = await import(path.join(ROOT, "dist", "index.mjs"));

/** The state directory of `scene`, opened anew and closed again; `expectHead` is a file. */
export function verifyState(scene, expectHead) {
  return answered(async () => {
    const environment = scene.environment();
    const crew = await openCrew({
      stateDir: scene.state,
      configDir: path.join(environment.XDG_CONFIG_HOME, "cabincrew"),
      governanceDir: scene.below("governance"),
      environment,
      principal: { id: "campaign", proven: false },
      create: false,
    });
    try {
      return await verifyLedger(crew, expectHead === undefined ? {} : { expectHead });
    } finally {
      await crew.close();
    }
  });
}

export const verifyFile = (file, publicKey) => answered(() => verifyExport(file, publicKey));

/** In the shape of a program's answer: see `ended` in scene.mjs. */
async function answered(ask) {
  try {
    const report = await ask();
    return answer(report.ok && report.findings.length === 0 ? 0 : 5, report);
  } catch (thrown) {
    // What the library did not foresee, the program calls internal.
    const { exitCode, code, message } = thrown instanceof CabincrewError ? thrown : { exitCode: 1, code: "internal" };
    return answer(exitCode, { error: { code, message: message ?? String(thrown) } });
  }
}

function answer(code, document) {
  return { code, document, out: JSON.stringify(document), err: "" };
}

/** A sentence where the two answers differ in what they found and where; texts may name keys that were made by chance. */
export function difference(name, library, program) {
  const [one, other] = [gist(library), gist(program)];
  return one === other ? undefined : `${name}: the library says ${one}, the program ${other}`.slice(0, 600);
}

function gist({ code, document }) {
  const found = (document?.findings ?? []).map((finding) => `${finding.code} ${finding.where}`);
  return JSON.stringify([code, document?.error?.code, found]);
}
