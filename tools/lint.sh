#!/usr/bin/env bash
# Checks the style of the code: clang-format on everything, clang-tidy on what has changed.
#
#   tools/lint.sh             clang-format alone, in a few seconds
#   tools/lint.sh tidy [REF]  and clang-tidy on the lines of sources that differ from REF (default:
#                             the parent of the last commit); needs a build in build/release
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
[ "${1-}" = tidy ] || exit 0

commands=build/release/compile_commands.json
[ -e "$commands" ] || { say "$commands is missing: run ./test once"; exit 1; }
# Tests are left out: they are mostly GoogleTest's macros. Version 14 does not know C++23.
changes=$(git diff -U0 --diff-filter=d "${2-HEAD~1}" -- 'src/*.cc' 'apps/*.cc' ':!*_test.cc')
[ -n "$changes" ] || { say "no source has changed"; exit 0; }
clang-tidy-diff-19.py -p1 -path build/release -j "$(nproc)" -quiet \
  -clang-tidy-binary clang-tidy-19 <<<"$changes"
