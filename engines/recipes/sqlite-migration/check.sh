#!/bin/sh
# 0: everything in the sealed plan is recorded as applied; 1: nothing of it is. One transaction, so there is no between.
set -eu
inserted=$(grep -c "^INSERT INTO schema_migrations VALUES" "$CABINCREW_PLAN_DIR/plan.sql" || true)
[ "$inserted" -gt 0 ] || exit 0
first=$(sed -n "/^INSERT INTO schema_migrations VALUES (\$/{n;s/^  '\(.*\)',\$/\1/p;}" "$CABINCREW_PLAN_DIR/plan.sql" | head -n 1)
present=$(sqlite3 -readonly app.db "SELECT count(*) FROM sqlite_master WHERE name = 'schema_migrations';")
[ "$present" = 1 ] || exit 1
[ "$(sqlite3 -readonly app.db "SELECT count(*) FROM schema_migrations WHERE name = '$first';")" = 1 ]
