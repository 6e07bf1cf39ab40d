#!/bin/sh
# Publishes what was approved. Each step may be repeated.
set -eu
next=$(cat "$CABINCREW_PLAN_DIR/version")
mkdir -p releases
cp "$CABINCREW_PLAN_DIR/notes.md" "releases/$next.md.new"
mv "releases/$next.md.new" "releases/$next.md"
rm -f changes/*.md
cp "$CABINCREW_PLAN_DIR/version" VERSION.new
mv VERSION.new VERSION
echo "released $next"
