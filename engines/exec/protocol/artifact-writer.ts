/** Writes artifacts as the directory contract wants them and keeps their receipt entries. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ArtifactDocument, type ReceiptArtifact, sha256 } from "../../../schema/index.ts";

export class ArtifactWriter {
  readonly entries: ReceiptArtifact[] = [];
  readonly #directory: string;

  constructor(artifactsDir: string) {
    this.#directory = artifactsDir;
  }

  /** Makes the artifact's folder, lets `body` write the body file where there is one, then writes artifact.json. */
  write(name: string, role: ReceiptArtifact["role"], document: ArtifactDocument, body?: (file: string) => void): void {
    const folder = path.join(this.#directory, name);
    mkdirSync(folder);
    if (document.body_file !== undefined) body?.(path.join(folder, document.body_file));
    const bytes = Buffer.from(`${JSON.stringify(document, undefined, 2)}\n`);
    writeFileSync(path.join(folder, "artifact.json"), bytes, { flag: "wx" });
    this.entries.push({ name, role, path: `${name}/artifact.json`, hash: sha256(bytes), size: bytes.length });
  }
}
