// When an attack counts as detected, and which are tried.

/** Undefined when the command refused as it should; else a sentence. `codes`: what is allowed, 5 unless an attack says otherwise. */
export function problemOf(name, done, codes = [5]) {
  if (/\n\s+at .+:\d+:\d+/.test(done.err) || done.document?.error?.code === "internal")
    return `${name}: broke down: ${brief(done)}`;
  return codes.includes(done.code)
    ? undefined
    : `${name}: exit ${done.code}, expected ${codes.join(" or ")}: ${brief(done)}`;
}

function brief({ out, err }) {
  return (out || err).replace(/\s+/g, " ").slice(0, 300);
}

/** Every item, or `most` of them spread evenly: what the normal tests have time for. */
export function spread(items, most) {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)]);
}
