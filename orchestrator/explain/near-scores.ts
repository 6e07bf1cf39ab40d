import { type Evaluation, isJsonObject, type Json } from "../../schema/index.ts";

/** How near a model's scores came to its thresholds. */
export interface NearScores {
  readonly max: number;
  readonly thresholds: Readonly<Record<string, number>>;
  /** The threshold nearest to the highest score, and how far above (or, negative, below) it the score is. */
  readonly nearest: { readonly decision: string; readonly threshold: number; readonly margin: number } | null;
  /** Listed findings that would change their decision if their threshold moved by 0.05. */
  readonly close: readonly { readonly file?: string; readonly line?: number; readonly score: number }[];
}

const CLOSE = 0.05;

/** Undefined for judges that score nothing. */
export function nearScores({ evidence, findings }: Evaluation): NearScores | undefined {
  const { max_score: max, thresholds } = evidence as { readonly max_score?: unknown; readonly thresholds?: Json };
  if (typeof max !== "number" || thresholds === undefined || !isJsonObject(thresholds)) return undefined;
  const known = Object.entries(thresholds).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  const [nearest] = known
    .map(([decision, threshold]) => ({ decision, threshold, margin: max - threshold }))
    .sort((a, b) => Math.abs(a.margin) - Math.abs(b.margin));
  const close = findings.flatMap(({ file, line, score }) => {
    if (score === undefined || !known.some(([, threshold]) => Math.abs(score - threshold) <= CLOSE)) return [];
    return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }), score };
  });
  return { max, thresholds: Object.fromEntries(known), nearest: nearest ?? null, close };
}
