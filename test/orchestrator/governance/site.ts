import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect } from "vitest";
import { type Governance, type GovernanceOptions, loadGovernance } from "../../../orchestrator/governance/index.ts";
import { CabincrewError, packageRoot, type ReasonCode, sha256 } from "../../../schema/index.ts";

const sites: string[] = [];
afterEach(() => {
  for (const site of sites.splice(0)) rmSync(site, { recursive: true, force: true });
});

/** A machine's worth of directories: governance, the user's configuration, a workspace. */
export class Site {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), "cabincrew-governance-")));
  readonly governance = path.join(this.root, "governance");
  readonly config = path.join(this.root, "config");
  readonly workspace = path.join(this.root, "workspace");

  constructor() {
    sites.push(this.root);
    for (const directory of [this.governance, this.config, this.workspace]) mkdirSync(directory);
  }

  /** Writes a file below the root, with the directories above it, and gives its path. */
  write(file: string, content: string): string {
    const target = path.resolve(this.root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
    return target;
  }

  /** governance.json with these keys. */
  govern(config: Record<string, unknown>, directory = "governance"): void {
    this.write(`${directory}/governance.json`, JSON.stringify({ version: 1, ...config }));
  }

  /** A policy pack that loads: its WebAssembly is only hashed here. */
  policy(directory: string, id: string, wasm = "wasm"): string {
    this.write(`${directory}/policy.wasm`, wasm);
    const pack = { format: "cabincrew.policy-pack/1", id, version: "1.0.0", wasm: "policy.wasm" };
    this.write(`${directory}/pack.json`, JSON.stringify({ ...pack, wasm_sha256: sha256(wasm), entrypoints: ["a/b"] }));
    return path.resolve(this.root, directory);
  }

  /** A real model pack of the fixtures. */
  model(directory: string, fixture = "one-score"): string {
    const target = path.resolve(this.root, directory);
    cpSync(path.join(packageRoot(), "test/fixtures/models", fixture), target, { recursive: true });
    return target;
  }

  load(options: Partial<GovernanceOptions> = {}): Promise<Governance> {
    const { governance: governanceDir, config: configDir, workspace } = this;
    return loadGovernance({ governanceDir, configDir, workspace, ...options });
  }

  /** As `load`, from the user's configuration directory or the shipped default. */
  loadDefault(): Promise<Governance> {
    return loadGovernance({ configDir: this.config, workspace: this.workspace });
  }

  async refused(code: ReasonCode, sentence: RegExp, options: Partial<GovernanceOptions> = {}): Promise<void> {
    const error = await this.load(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CabincrewError);
    expect((error as CabincrewError).message).toMatch(sentence);
    expect((error as CabincrewError).code).toBe(code);
  }
}
