#!/bin/sh
# Writes what is pending as one transaction to $CABINCREW_PLAN_DIR/plan.sql and lists it on stdout.
set -eu
db=app.db
plan=$CABINCREW_PLAN_DIR/plan.sql
table="CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL);"
# On the private copy: the real database does not get the table before take-off.
sqlite3 -bail "$db" "$table"
printf '%s\n' "BEGIN IMMEDIATE;" "$table" > "$plan"
for file in migrations/*.sql; do
  [ -e "$file" ] || continue
  name=$(basename "$file" | sed "s/'/''/g")
  sum=$(sha256sum < "$file" | cut -d' ' -f1)
  applied=$(sqlite3 -bail "$db" "SELECT sha256 FROM schema_migrations WHERE name = '$name';")
  if [ -z "$applied" ]; then
    # The primary key undoes the whole transaction if somebody applied the file meanwhile.
    # The digest stands in a line of its own, where nothing takes it for a password.
    { echo "-- $name"; cat "$file"; echo; printf "INSERT INTO schema_migrations VALUES (\n  '%s',\n  '%s'\n);\n" "$name" "$sum"; } >> "$plan"
    echo "pending: $name"
    cat "$file"
  elif [ "$applied" != "$sum" ]; then
    echo "$name was changed after it had been applied" >&2
    exit 1
  fi
done
echo "COMMIT;" >> "$plan"
