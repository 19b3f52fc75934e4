#!/usr/bin/env bash
# Checks the style of the code.
#
#   tools/lint.sh [REF [MOST]]
#                           clang-format and ESLint on everything, clang-tidy on the lines of sources
#                           that differ from REF; without REF from where the branch left its
#                           upstream (or main), or if there are no commits since then from the
#                           parent of the last commit; if more than MOST sources differ,
#                           clang-tidy, which takes some 15 s for each, is left out
#   tools/lint.sh format    clang-format alone, in a few seconds
#
# TypeScript's own check is among the tests (web.units), and so are the links in documents.
set -euo pipefail
cd "$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"
say() { printf 'imgmill: %s\n' "$*" >&2; }

tools/bootstrap.sh lint
# Other versions break lines elsewhere; .clang-format was written for this one.
format=$(command -v clang-format-14 || command -v clang-format)
if ! git ls-files -z '*.cc' '*.h' | xargs -0 "$format" --dry-run --Werror 2>build/format.log; then
  sed -n 's,^\([^: ]*\.[a-z]*\):.*,\1,p' build/format.log | sort -u >&2
  say "these files are not formatted: clang-format -i FILE (version 14)"
  exit 1
fi
[ "${1-}" != format ] || exit 0

tools/eslint/node_modules/.bin/eslint --config tools/eslint/eslint.config.mjs \
  apps/web bench tests tools

# Prints the commit whose lines are known to be clean; nothing in a clone of a single commit.
last_checked() {
  local base head
  head=$(git rev-parse HEAD)
  for upstream in '@{upstream}' origin/HEAD main; do
    base=$(git merge-base HEAD "$upstream" 2>/dev/null) || continue
    [ "$base" = "$head" ] || { echo "$base"; return; }
  done
  git rev-parse --quiet --verify HEAD~1 || true
}
since=${1-$(last_checked)}
[ -n "$since" ] || { say "there is no earlier commit: clang-tidy has nothing to compare with"; exit 0; }
# Tests are left out: they are mostly GoogleTest's macros. Version 14 does not know C++23.
changes=$(git diff -U0 --diff-filter=d "$since" -- 'src/*.cc' 'apps/*.cc' ':!*_test.cc')
[ -n "$changes" ] || exit 0
sources=$(grep -c '^+++ ' <<<"$changes")
if [ -n "${2-}" ] && [ "$sources" -gt "$2" ]; then
  say "$sources sources differ from $since, more than $2: clang-tidy is left out (./test lint REF)"
  exit 0
fi
# It needs the compilers' commands, but nothing that they make.
[ -e build/release/compile_commands.json ] || tools/build.sh configure
clang-tidy-diff-19.py -p1 -path build/release -j "$(nproc)" -quiet \
  -clang-tidy-binary clang-tidy-19 <<<"$changes"
