#!/bin/sh
# Synchronises only if both sides are still what was planned on.
set -eu
here=$(dirname "$0")
if ! sh "$here/listing.sh" | cmp -s - "$CABINCREW_PLAN_DIR/listing"; then
  echo "source or target changed after the plan was made" >&2
  exit 1
fi
rsync --archive --checksum --delete --itemize-changes "$SOURCE/" "$TARGET/"
