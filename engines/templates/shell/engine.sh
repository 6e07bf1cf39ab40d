#!/bin/sh
# Keeps SHA256SUMS up to date with every file of the workspace. Needs sha256sum, find, sort and xargs with -0.
# The plan is one artifact: the new content of SHA256SUMS. Take-off writes exactly that content and nothing else.
set -eu
export LC_ALL=C
umask 022

target=SHA256SUMS
artifact="$CABINCREW_ARTIFACTS_DIR/sums"
id=template.shell

refuse() {
  echo "$1" >&2
  exit 2
}

digest() {
  sum=$(sha256sum < "$1") || exit 1
  printf '%s' "${sum%% *}"
}

# receipt <members after status, each beginning with a comma>
receipt() {
  printf '{"protocol_version":"draft","engine_id":"%s","mode":"%s","receipt_id":"%s-%s","status":"success"%s}\n' \
    "$id" "$mode" "$id" "$mode" "$1"
}

# The content SHA256SUMS should have, on stdout. No pipeline: a shell takes the end of its last command for the end of all.
sums() {
  names="$CABINCREW_TEMP_DIR/names"
  cd "$CABINCREW_WORKSPACE"
  find . -path ./.git -prune -o -type f ! -path "./$target" ! -path "./.$target.new" -print0 > "$names"
  sort -z -o "$names" "$names"
  xargs -0 -r sha256sum < "$names"
}

flight_plan() {
  body="$CABINCREW_TEMP_DIR/sums"
  sums > "$body"
  current="$CABINCREW_WORKSPACE/$target"
  if [ -f "$current" ] && cmp -s "$body" "$current"; then
    receipt ''
    return
  fi
  action=create
  old=
  if [ -f "$current" ]; then
    action=update
    old=$(printf ',"old_sha256":"%s"' "$(digest "$current")")
  fi
  mkdir "$artifact"
  cp "$body" "$artifact/body"
  new=$(digest "$artifact/body")
  printf '{"artifact_type":"file","action":"%s","target":"%s","mime":"text/plain","body_file":"body","metadata":{"format":"cabincrew.file-change/1","entry":"file","mode":"0644","sha256":"%s"%s}}\n' \
    "$action" "$target" "$new" "$old" > "$artifact/artifact.json"
  receipt ",\"artifacts\":[{\"name\":\"sums\",\"role\":\"state\",\"path\":\"sums/artifact.json\",\"hash\":\"$(digest "$artifact/artifact.json")\"}]"
}

# A rename replaces the file at once: whoever reads it sees the old or the new content, never half of it.
take_off() {
  if [ -f "$artifact/body" ]; then
    new="$CABINCREW_WORKSPACE/.$target.new"
    trap 'rm -f "$new"' EXIT
    cp "$artifact/body" "$new"
    chmod 0644 "$new"
    sync "$new" 2> /dev/null || sync
    mv -f "$new" "$CABINCREW_WORKSPACE/$target"
  fi
  receipt ''
}

reconcile() {
  outcome=not_applied
  if [ ! -f "$artifact/body" ] || cmp -s "$artifact/body" "$CABINCREW_WORKSPACE/$target"; then outcome=applied; fi
  receipt ",\"diagnostics\":{\"outcome\":\"$outcome\"}"
}

[ "${1-}" = --mode ] || refuse 'usage: engine.sh --mode flight-plan|take-off|reconcile'
mode=${2-}
# This engine needs nothing of its input; it only makes sure that it was given one.
case $(cat) in
  '{'*'"protocol_version"'*'"draft"'*'}') ;;
  *) refuse 'the input is not an engine input of protocol version "draft"' ;;
esac
case $mode in
  flight-plan) flight_plan ;;
  take-off) take_off ;;
  reconcile) reconcile ;;
  *) refuse "unknown mode: $mode" ;;
esac
