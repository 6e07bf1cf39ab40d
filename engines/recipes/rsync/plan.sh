#!/bin/sh
# Lists what rsync would do and fixes the state of both sides that this list depends on.
set -eu
here=$(dirname "$0")
rsync --archive --checksum --delete --dry-run --itemize-changes "$SOURCE/" "$TARGET/"
sh "$here/listing.sh" > "$CABINCREW_PLAN_DIR/listing"
