#!/usr/bin/env bash
# Builds the page of `imgmill serve` (apps/web, with npm) if its sources are newer than the last
# build. Without Node, or if the registry is unreachable, the last build stays; without any, the
# server's placeholder page says how to get the page. Prints to standard error.
set -euo pipefail
web=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")/apps/web
say() { printf 'imgmill: %s\n' "$*" >&2; }

[ -e "$web/package.json" ] || exit 0
if ! command -v npm >/dev/null; then
  say "no npm: the program is built without its page"
  exit 0
fi
# Among npm's files, so that nothing that scans the sources sees it.
built=$web/node_modules/.page-built
if [ -e "$built" ] && [ -e "$web/dist/index.html" ] && [ -z "$(find "$web" \
  \( -path "$web/node_modules" -o -path "$web/dist" \) -prune -o -newer "$built" -type f -print -quit)" ]; then
  exit 0
fi
log=$(mktemp)
trap 'rm -f "$log" "$web/node_modules/.page-started"' EXIT
give_up() {
  tail -n 15 "$log" >&2
  say "the page could not be built; the program gets $([ -e "$web/dist/index.html" ] &&
    echo "the one that was built before" || echo "none")"
  exit 0
}
# npm writes this file last.
installed=$web/node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ "$web/package-lock.json" -nt "$installed" ]; then
  say "fetching what builds the page (npm, checked against apps/web/package-lock.json)"
  npm ci --prefix "$web" --no-audit --no-fund </dev/null >"$log" 2>&1 || give_up
  touch "$installed"
fi
say "building the page"
touch "$web/node_modules/.page-started"
(cd "$web" && npm run build) </dev/null >"$log" 2>&1 || give_up
mv "$web/node_modules/.page-started" "$built"
