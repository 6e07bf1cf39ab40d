#!/bin/sh
# Decides everything a release needs: the next version and the exact notes. Nothing is decided at take-off.
set -eu
current=$(cat VERSION)
major=${current%%.*}
rest=${current#*.}
next=$major.$((${rest%%.*} + 1)).0
notes=$CABINCREW_PLAN_DIR/notes.md
set -- changes/*.md
[ -e "$1" ] || set --
if [ -e "releases/$next.md" ]; then
  # An earlier take-off died half-way: it is finished with the very notes it began with.
  begun=$(cat "releases/$next.md")
  for change; do
    case $begun in
      *"$(cat "$change")"*) ;;
      *) echo "$change is not in releases/$next.md, which was begun: move it away until $next is finished" >&2; exit 1 ;;
    esac
  done
  cp "releases/$next.md" "$notes"
elif [ $# -gt 0 ]; then
  { echo "## $next"; echo; cat "$@"; } > "$notes"
elif [ -e "releases/$current.md" ]; then
  next=$current # everything is released: publishing the same again changes nothing
  cp "releases/$next.md" "$notes"
else
  echo "nothing to release: changes/ has no .md file" >&2
  exit 1
fi
echo "$next" > "$CABINCREW_PLAN_DIR/version"
echo "release $current -> $next"
cat "$notes"
