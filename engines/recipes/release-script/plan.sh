#!/bin/sh
# Decides everything a release needs: the next version and the exact notes. Nothing is decided at take-off.
set -eu
current=$(cat VERSION)
major=${current%%.*}
rest=${current#*.}
next=$major.$((${rest%%.*} + 1)).0
echo "$next" > "$CABINCREW_PLAN_DIR/version"
{ echo "## $next"; echo; cat changes/*.md; } > "$CABINCREW_PLAN_DIR/notes.md"
echo "release $current -> $next"
cat "$CABINCREW_PLAN_DIR/notes.md"
