/** Which database a text is written for, by the words that only one of them has. A guess: see statements.ts for what hangs on it. */
export type Dialect = "postgres" | "mysql" | "sqlite" | "mssql" | "oracle" | "unknown";

const SIGNS: readonly (readonly [Dialect, RegExp])[] = [
  ["postgres", /\$\w*\$|::\s*[a-z]|\bconcurrently\b|\b(?:big|small)?serial\b|\bjsonb\b|\btimestamptz\b|\bplpgsql\b/gi],
  [
    "postgres",
    /\brow level security\b|\bcreate extension\b|\bbytea\b|\bowner to\b|\bpg_\w+|\busing (?:gin|gist|btree)\b/gi,
  ],
  ["mysql", /`\w+`|\bengine\s*=|\bauto_increment\b|^\s*delimiter\s|\/\*!|\bunsigned\b|\bcharset\b|\bcollate utf8/gim],
  [
    "sqlite",
    /\bautoincrement\b|\bpragma\b|\bwithout rowid\b|\bbegin (?:immediate|exclusive)\b|\bsqlite_\w+|\bstrftime\(/gi,
  ],
  ["mssql", /^\s*go\s*$|\bnvarchar\b|\bidentity\s*\(|\[dbo\]|\bdbo\.|\bobject_id\s*\(|\bsp_\w+|\bnonclustered\b/gim],
  ["oracle", /\bvarchar2\b|^\s*\/\s*$|\bnumber\s*\(\d|\bsysdate\b|\bexecute immediate\b|\bdbms_\w+/gim],
];

/** `unknown` when nothing tells, or two tell the same. */
export function guessDialect(text: string): Dialect {
  const votes = new Map<Dialect, number>();
  for (const [dialect, sign] of SIGNS) {
    const found = text.match(sign)?.length ?? 0;
    if (found > 0) votes.set(dialect, (votes.get(dialect) ?? 0) + found);
  }
  const [first, second] = [...votes].sort(([, a], [, b]) => b - a);
  return first && first[1] > (second?.[1] ?? 0) ? first[0] : "unknown";
}
