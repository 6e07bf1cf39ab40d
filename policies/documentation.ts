/** A pack's README.md, made of its manifest, its rules' annotations and its data document; nothing in it is written by hand. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { errnoOf, isJsonObject, type JsonObject, type PolicyPackManifest } from "../schema/index.ts";
import { openPolicyPack } from "./inspect.ts";
import { type AnnotatedRule, readAnnotatedRules } from "./rule-annotations.ts";

const README = "README.md";
const WORDS = { deny: "deny", require_approval: "require approval", warn: "warn" } as const;

/** Writes a built pack's README.md. Throws what opening the pack and reading its annotations throw. */
export async function documentPolicyPack(directory: string): Promise<void> {
  await writeFile(path.join(directory, README), await renderReadme(directory));
}

/** What is wrong with a pack's README.md; undefined when it is what would be written now. */
export async function checkPolicyPackReadme(directory: string): Promise<string | undefined> {
  const wanted = await renderReadme(directory);
  try {
    if ((await readFile(path.join(directory, README), "utf8")) === wanted) return undefined;
    return `${README} is not what the annotations give; build the pack again`;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return `${README} is missing; build the pack again`;
    throw error;
  }
}

async function renderReadme(directory: string): Promise<string> {
  const { manifest, data } = await openPolicyPack(directory);
  const rules = await readAnnotatedRules(directory);
  return [
    `# Policy pack \`${manifest.id}\``,
    "",
    "<!-- Made by `npm run policies:build` of the Rego annotations and data.json; edit those. -->",
    "",
    ...(manifest.description ? [manifest.description, ""] : []),
    `In use without any governance file; else named by \`builtin:${manifest.id}\`. ${sees(manifest)}`,
    "",
    "## Rules",
    "",
    "| Rule | Decision | Severity | Title | Why | What to do |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rules.map(rowOf),
    ...dataOf(data),
    "",
  ].join("\n");
}

function sees({ input }: PolicyPackManifest): string {
  const view = input?.view ?? "plan";
  if (view === "plan") return "It sees the whole plan with the lines that change.";
  if (view === "parts") return "It sees the plan with the lines that change; one of more than 500 artifacts in parts.";
  const files = input?.include?.map((glob) => `\`${glob}\``).join(", ") ?? "every file";
  const names = { kubernetes: "a Kubernetes manifest", "terraform-plan": "a Terraform plan in JSON" };
  const recognized = input?.recognize?.map((kind) => `, and of files that begin as ${names[kind]}`).join("") ?? "";
  return view === "file"
    ? `It sees each document of ${files}.`
    : `It sees the plan with the documents of ${files}${recognized}.`;
}

function rowOf(rule: AnnotatedRule): string {
  const why = /^[a-z]/.test(rule.description) ? `It ${rule.description}` : rule.description;
  const cells = [`\`${rule.rule}\``, WORDS[rule.decision], rule.severity, rule.title, sentence(why), rule.fix];
  return `| ${cells.map(escapeCell).join(" | ")} |`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function dataOf(data: JsonObject): readonly string[] {
  const rows = Object.entries(data).flatMap(([key, value]) => entriesOf(key, value));
  if (rows.length === 0) return [];
  return [
    "",
    "## Data",
    "",
    "Governance may change each of these; in a list, `false` takes a name off it.",
    "",
    "| Key | Here |",
    "| --- | --- |",
    ...rows.map(([key, value]) => `| \`${key}\` | ${escapeCell(value)} |`),
  ];
}

/** Objects of booleans are lists, others are looked into. */
function entriesOf(key: string, value: unknown): readonly (readonly [string, string])[] {
  if (!isJsonObject(value)) return [[key, `\`${JSON.stringify(value)}\``]];
  const names = Object.keys(value);
  if (Object.values(value).every((entry) => typeof entry === "boolean"))
    return [
      [key, names.length <= 8 ? names.map((name) => `\`${name}\``).join(", ") || "none" : `${names.length} names`],
    ];
  return Object.entries(value).flatMap(([name, entry]) => entriesOf(`${key}.${name}`, entry));
}

/** Angle brackets would be taken for HTML, bars for the next cell. */
function escapeCell(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[<>]/g, (sign) => (sign === "<" ? "&lt;" : "&gt;"))))
    .join("")
    .replace(/\|/g, "\\|")
    .replace(/\s+/g, " ");
}
