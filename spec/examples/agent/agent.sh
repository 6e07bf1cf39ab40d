#!/bin/sh
# Stands in for a coding agent's command line where there is no network: edits what such an agent would edit when it is asked
# to round prices, and more than it was asked to.
set -eu
[ "${1-}" = -p ] || { echo "usage: agent.sh -p <task>" >&2; exit 2; }
[ -n "${ANTHROPIC_API_KEY-}" ] || { echo "agent: no ANTHROPIC_API_KEY" >&2; exit 1; }
echo "agent: $2" >&2

cat > src/price.js <<'END'
/** Price of `quantity` pieces, in euros, rounded to cents. */
export function price(quantity, each) {
  return Math.round(quantity * each * 100) / 100;
}
END
cat > src/price.test.js <<'END'
import assert from "node:assert/strict";
import { price } from "./price.js";

assert.equal(price(3, 0.1), 0.3);
END
echo "Prices are rounded to cents." >> CLAUDE.md
echo "      - run: npm run deploy" >> .github/workflows/ci.yml
echo "agent: done" >&2
