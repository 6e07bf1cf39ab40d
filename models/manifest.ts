/**
 * What a manifest says beyond what its schema can check, and its outputs in one form: columns of scores in 0..1 with thresholds.
 * A manifest that contradicts itself is refused when it is loaded, never read in the way somebody may have meant it.
 */
import type { ModelLabelOutput, ModelManifest, ModelScoredOutput, ModelThresholds } from "../schema/index.ts";
import { featureFault } from "./select/feature-names.ts";

const PLACEHOLDERS = new Set(["class", "score", "file", "line"]);
const BY_SEVERITY = ["warn", "require_approval", "deny"] as const;

/** One score that every text gets; `name` is its class or label, absent for a model with a single score. */
export interface ScoreColumn {
  readonly name?: string;
  readonly thresholds: ModelThresholds;
}

/** What the model process is told of an output: which tensor, how to read it, how many columns come out. */
export interface OutputPlan {
  readonly tensor: string;
  readonly kind: ModelScoredOutput["kind"];
  readonly columns: number;
  /** For `label`: the labels in the order of their columns; the one given scores 1, the others 0. */
  readonly labels?: readonly string[];
}

/** The outputs of a manifest, whether it has `outputs` or `output` with `thresholds`. */
export function outputsOf({ output, outputs, thresholds }: ModelManifest): readonly ModelScoredOutput[] {
  return outputs ?? (output && thresholds ? [{ ...output, thresholds }] : []);
}

/** What the model process needs of the outputs, in their order. */
export function outputPlans(manifest: ModelManifest): OutputPlan[] {
  return outputsOf(manifest).map((output) => {
    const { tensor, kind } = output;
    if (output.kind === "label") return { tensor, kind, columns: labelsOf(output).length, labels: labelsOf(output) };
    return { tensor, kind, columns: "classes" in output ? output.classes.length : 1 };
  });
}

/** The columns of all outputs, in the order in which scores arrive. */
export function scoreColumns(manifest: ModelManifest): ScoreColumn[] {
  return outputsOf(manifest).flatMap((output): ScoreColumn[] => {
    if (output.kind === "label")
      return labelsOf(output).map((name) => {
        const decision = output.labels[name] ?? "deny";
        return { name, thresholds: decision === "allow" ? {} : { [decision]: 1 } };
      });
    if ("classes" in output) return output.classes.map(({ name, thresholds = {} }) => ({ name, thresholds }));
    return [{ thresholds: output.thresholds }];
  });
}

/** The sentence a finding shows: the manifest's, its placeholders filled in. */
export function fillReason(template: string, values: Readonly<Record<string, string | number | undefined>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? "?"));
}

/** Why a manifest that its schema accepts cannot be used; undefined when it can. */
export function manifestFault(manifest: ModelManifest): string | undefined {
  return outputFault(manifest) ?? inputFault(manifest) ?? templateFault(manifest.reason ?? "");
}

function outputFault(manifest: ModelManifest): string | undefined {
  const { output, outputs, thresholds } = manifest;
  if (outputs ? output || thresholds : !(output && thresholds))
    return "it needs either `output` and `thresholds`, or `outputs`";
  const columns = scoreColumns(manifest);
  for (const column of columns) {
    const name = column.name === undefined ? "" : ` of ${column.name}`;
    const ordered = BY_SEVERITY.map((key) => column.thresholds[key]).filter((value) => value !== undefined);
    if (ordered.some((value, index) => value < (ordered[index - 1] ?? 0)))
      return `the thresholds${name} are out of order: warn <= require_approval <= deny`;
  }
  const names = columns.map(({ name }) => name);
  if (new Set(names).size < names.length)
    return "two of its scores have the same name: give every class and label its own, one output at most may have none";
  if (columns.every((column) => Object.keys(column.thresholds).length === 0))
    return "no class and no label leads to a decision";
  return undefined;
}

function inputFault({ input }: ModelManifest): string | undefined {
  if (input.encoding === "features") return featureFault(input.features);
  const { chunk, select } = input;
  if ((select === "added-chunks") !== (chunk !== undefined))
    return "`chunk` is given exactly when `select` is added-chunks";
  if (chunk && (chunk.overlap ?? 0) >= chunk.lines) return "a chunk must overlap by fewer lines than it has";
  return undefined;
}

function templateFault(template: string): string | undefined {
  const unknown = [...template.matchAll(/\{(\w+)\}/g)].find(([, name]) => !PLACEHOLDERS.has(name ?? ""));
  return unknown ? `its reason has the unknown placeholder ${unknown[0]}` : undefined;
}

function labelsOf(output: ModelLabelOutput): string[] {
  return Object.keys(output.labels).sort();
}
