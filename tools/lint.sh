#!/usr/bin/env bash
# Checks the style of the code: clang-format on everything, clang-tidy on changed files.
#
#   tools/lint.sh             only clang-format, a few seconds
#   tools/lint.sh tidy [REF]  also clang-tidy on the sources that differ from REF (default: the
#                             parent of the last commit); needs a build in build/release
set -euo pipefail
cd "$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"
say() { printf 'imgmill: %s\n' "$*" >&2; }

tools/bootstrap.sh lint
# Other versions format differently; .clang-format was written for this one.
format=$(command -v clang-format-14 || command -v clang-format)
if ! git ls-files -z '*.cc' '*.h' | xargs -0 "$format" --dry-run --Werror 2>build/format.log; then
  sed -n 's,^\([^: ]*\.[a-z]*\):.*,\1,p' build/format.log | sort -u >&2
  say "these files are not formatted: clang-format -i FILE (version 14)"
  exit 1
fi
[ "${1-}" = tidy ] || exit 0

commands=build/release/compile_commands.json
[ -e "$commands" ] || { say "$commands is missing: run ./test once"; exit 1; }
mapfile -t changed < <(git diff --name-only --diff-filter=d "${2-HEAD~1}" -- 'src/*.cc' 'apps/*.cc')
[ ${#changed[@]} -gt 0 ] || { say "no source has changed"; exit 0; }
printf '%s\0' "${changed[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p build/release
