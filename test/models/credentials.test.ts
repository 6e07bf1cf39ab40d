import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { builtinModelPack } from "../../models/index.ts";
import type { Evaluation, Finding, PreflightArtifact } from "../../schema/index.ts";
import { fileArtifact, judgeWith, preflightInput } from "./input.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ALNUM = `${UPPER}${UPPER.toLowerCase()}0123456789`;
const HEX = "0123456789abcdef";

/** Made-up secrets from a fixed seed (a linear congruential generator): nothing that looks like one is committed. */
let state = 20_260_101;
function draw(alphabet: string, size: number): string {
  let text = "";
  for (let index = 0; index < size; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += alphabet[Math.floor((state / 2 ** 32) * alphabet.length)];
  }
  return text;
}

async function judge(...artifacts: readonly PreflightArtifact[]): Promise<Evaluation> {
  const [evaluation] = await judgeWith([builtinModelPack("credentials")], preflightInput(...artifacts));
  if (!evaluation) throw new Error("no evaluation");
  expect(evaluation.failure).toBeUndefined();
  return evaluation;
}

function placesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ file, line, score }) => `${file}:${line} (${score})`);
}

async function artifactOf(file: string): Promise<PreflightArtifact> {
  return fileArtifact(file, (await readFile(path.join(ROOT, file), "utf8")).split("\n"));
}

describe("the credentials model", () => {
  test.each([
    ["AWS access key", () => `aws_access_key_id = AKIA${draw(UPPER, 16)}`],
    ["AWS secret key", () => `export AWS_SECRET_ACCESS_KEY=${draw(`${ALNUM}+/`, 40)}`],
    ["GitHub token", () => `  token: "ghp_${draw(ALNUM, 36)}"`],
    ["GitLab token", () => `GITLAB_TOKEN=glpat-${draw(ALNUM, 20)}`],
    ["Slack token", () => `const slack = new App({ token: "xoxb-${draw("123456789", 12)}-${draw(ALNUM, 24)}" });`],
    ["Stripe key", () => `stripe.api_key = "sk_live_${draw(ALNUM, 24)}"`],
    ["Google key", () => `<script src="https://maps.example.com/js?key=AIza${draw(ALNUM, 35)}"></script>`],
    ["Anthropic key", () => `ANTHROPIC_API_KEY=sk-ant-api03-${draw(ALNUM, 93)}AA`],
    ["npm token", () => `//registry.npmjs.org/:_authToken=npm_${draw(ALNUM, 36)}`],
    ["private key", () => `-----BEGIN ${"RSA"} PRIVATE KEY-----`],
    ["connection string", () => `DATABASE_URL=postgres://app:${draw(ALNUM, 16)}@db.internal:5432/app`],
    ["bearer header", () => `curl -H "Authorization: Bearer ${draw(ALNUM, 40)}" https://api.internal/v1`],
    ["password", () => `  "password": "${draw(ALNUM, 14)}!7",`],
    ["password in a driver's string", () => `Server=db1;Database=main;User Id=etl;Password=${draw(ALNUM, 13)}4!;`],
    ["token of no known vendor", () => `release_token: ${draw(UPPER.toLowerCase(), 4)}_${draw(ALNUM, 44)}`],
    ["hexadecimal secret", () => `SESSION_SECRET=${draw(HEX, 64)}`],
  ])("stops a plan that adds a %s, and never repeats it", async (_, make) => {
    const line = make();
    const evaluation = await judge(fileArtifact("config", ["# settings", line, "debug = false"]));
    expect(["deny", "require_approval"]).toContain(evaluation.decision);
    expect(evaluation.findings).toMatchObject([{ file: "config", line: 2, fix: expect.any(String) }]);
    expect(JSON.stringify(evaluation)).not.toContain(line.slice(-12));
  });

  test("finds a token in the middle of a very long line", async () => {
    const junk = (size: number) => "const a=b(c,d);".repeat(size);
    const line = `${junk(60)}const t="ghp_${draw(ALNUM, 36)}";${junk(60)}`;
    expect((await judge(fileArtifact("bundle.js", [line]))).decision).not.toBe("allow");
  });

  test("lets hashes, ids, placeholders and lookups of secrets pass", async () => {
    const evaluation = await judge(
      fileArtifact("harmless", [
        `commit ${draw(HEX, 40)}`,
        `"integrity": "sha512-${draw(`${ALNUM}+/`, 86)}==",`,
        `image: registry.example.com/app@sha256:${draw(HEX, 64)}`,
        `id: ${draw(HEX, 8)}-${draw(HEX, 4)}-4${draw(HEX, 3)}-a${draw(HEX, 3)}-${draw(HEX, 12)}`,
        `<img src="data:image/png;base64,${draw(`${ALNUM}+/`, 300)}">`,
        `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${draw(`${ALNUM}+/`, 43)} me@host`,
        'password = os.environ["DB_PASSWORD"]',
        "API_KEY=<YOUR_KEY>",
        `  token: \${{ secrets.GITHUB_TOKEN }}`,
        "DB_PASSWORD=changeme",
        "-----BEGIN CERTIFICATE-----",
      ]),
    );
    expect(placesOf(evaluation.findings)).toEqual([]);
  });

  test("lets digests, ids and public keys pass under the names they go by in settings and code", async () => {
    const evaluation = await judge(
      fileArtifact("settings", [
        `BUILD_SHA=${draw(HEX, 40)}`,
        `  image_digest = "sha256:${draw(HEX, 64)}"`,
        `const requestId = '${draw(HEX, 8)}-${draw(HEX, 4)}-4${draw(HEX, 3)}-a${draw(HEX, 3)}-${draw(HEX, 12)}';`,
        `  "public_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${draw(`${ALNUM}+/`, 43)}",`,
        `host_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB${draw(`${ALNUM}+/`, 300)} deploy@ci"`,
      ]),
    );
    expect(placesOf(evaluation.findings)).toEqual([]);
  });

  test("has nothing against a plan in one line of JSON, wherever its windows fall", async () => {
    const changes = Array.from({ length: 12 }, (_, index) => ({
      address: `aws_instance.web[${index}]`,
      id: `${draw(HEX, 8)}-${draw(HEX, 4)}-4${draw(HEX, 3)}-a${draw(HEX, 3)}-${draw(HEX, 12)}`,
      after: { ami: `ami-${draw(HEX, 17)}`, user_data_hash: draw(HEX, 40), tags: { Name: `web-${index}` } },
    }));
    const rest = JSON.stringify({ format_version: "1.2", resource_changes: changes }).slice(1);
    const lines = Array.from({ length: 32 }, (_, move) => `{"a":"${"x".repeat(3 * move)}",${rest}`);
    expect(placesOf((await judge(fileArtifact("plan.json", lines))).findings)).toEqual([]);
  });

  test("denies nothing in this repository's lock file, and asks about less than one line in a hundred", async () => {
    const evaluation = await judge(await artifactOf("package-lock.json"));
    expect(evaluation.decision).not.toBe("deny");
    expect(evaluation.findings.length).toBeLessThan(Number(evaluation.evidence["lines_scored"]) / 100);
  });

  test("has nothing against this repository's own sources", async () => {
    const sources = async (room: string) =>
      (await readdir(path.join(ROOT, room))).filter((name) => name.endsWith(".ts"));
    const files = ["package.json", "tsconfig.json", "LICENSE"];
    for (const room of ["schema", "models"]) files.push(...(await sources(room)).map((name) => `${room}/${name}`));
    const evaluation = await judge(...(await Promise.all(files.map(artifactOf))));
    expect(placesOf(evaluation.findings)).toEqual([]);
  });
});
