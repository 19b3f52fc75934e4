#!/usr/bin/env bash
# Builds the page of imgmill serve into apps/web/dist, from where the program takes it, unless
# that is newer than its sources. tools/bootstrap.sh has fetched what is needed. Speaks on
# standard error.
set -euo pipefail
here=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
web=$here/apps/web
built=$web/dist/index.html
[ ! -e "$built" ] || [ -n "$(find "$web/src" "$web/index.html" "$web/vite.config.ts" \
  "$web/package-lock.json" -newer "$built" -print -quit)" ] || exit 0
log=$here/build/page.log
mkdir -p "$here/build"
if ! npm run --prefix "$web" build </dev/null >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  printf 'imgmill: the page could not be built (all of it: %s)\n' "$log" >&2
  exit 1
fi
