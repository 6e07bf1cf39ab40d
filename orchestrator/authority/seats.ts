/**
 * Whether places can be filled when nobody may take two: bipartite matching by augmenting paths. Row `i` has
 * `counts[i]` places and may be filled by `candidates[i]`.
 */
export function canFill(counts: readonly number[], candidates: readonly (readonly string[])[]): boolean {
  const rowOf = new Map<string, number>();
  const seat = (row: number, asked: Set<string>): boolean => {
    for (const person of candidates[row] ?? []) {
      if (asked.has(person)) continue;
      asked.add(person);
      const taken = rowOf.get(person);
      if (taken === undefined || seat(taken, asked)) {
        rowOf.set(person, row);
        return true;
      }
    }
    return false;
  };
  return counts.every((count, row) => Array.from({ length: count }, () => seat(row, new Set())).every(Boolean));
}
