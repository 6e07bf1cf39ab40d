#!/bin/sh
# Everything that decides what rsync does: names, types, modes, times and contents of both sides.
set -eu
for side in "$SOURCE" "$TARGET"; do
  (cd "$side" && find . -printf '%p %y %m %T@ %l\0' | LC_ALL=C sort -z | tr '\0' '\n')
  (cd "$side" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum)
done
