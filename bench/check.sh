#!/usr/bin/env bash
# `./run bench check [REF]`: instructions of ten small jobs, this tree against REF (default: the
# parent of the last commit). Ends with 1 if one of them takes over 2% more.
#
# Instructions, counted by Valgrind, are the same on a busy machine as on an idle one; seconds are
# not. The inputs are made by this tree from freely licensed photographs.
set -euo pipefail
here=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
say() { printf 'imgmill: %s\n' "$*" >&2; }
most=2.0 # percent

command -v valgrind >/dev/null || { say "valgrind is missing: apt-get install valgrind"; exit 1; }
cd "$here"
ref=$(git rev-parse --verify --quiet "${1-HEAD~1}^{commit}") || { say "there is no commit '${1-HEAD~1}'"; exit 2; }
photos=$(tools/photographs.sh)
work=$here/build/check
mkdir -p "$work/in" "$work/out"

tree=$work/tree
if [ ! -e "$tree/.git" ]; then
  git worktree prune
  git worktree add --quiet --detach "$tree" "$ref"
fi
git -C "$tree" checkout --quiet --detach "$ref"
for shared in engine/node_modules apps/web/node_modules; do
  [ ! -e "$shared" ] || [ -e "$tree/$shared" ] || ln -s "$here/$shared" "$tree/$shared"
done
say "building $(git log -1 --format='%h %s' "$ref")"
CCACHE_BASEDIR=$tree CCACHE_NOHASHDIR=1 "$tree/tools/build.sh" program
before=$tree/build/release/imgmill
after=$here/build/release/imgmill

photo=$(find "$photos" -name '*.jpg' | sort | head -n 1)
plain=(--cache off --isolation thread --progress none --quiet --overwrite -j 1)
[ -e "$work/in/b.webp" ] || {
  "$after" optimize "$photo" -o "$work/in/a.jpg" --resize longest=400 -q 95 "${plain[@]}"
  "$after" optimize "$work/in/a.jpg" -o "$work/in/a.png" "${plain[@]}"
  "$after" optimize "$work/in/a.jpg" -o "$work/in/b.webp" -q 95 "${plain[@]}"
}

jobs=(
  "a.jpg" "a.jpg -q 80" "a.jpg --lossless" "a.jpg -f webp" "a.jpg -f webp -q 80"
  "a.png" "a.png -f jpeg" "a.png --resize 50% -q 80 -f jpeg" "b.webp -f png" "a.jpg -f avif -q 50 --effort fast"
)
count() { # PROGRAM INPUT OPTIONS...
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$1" optimize "$work/in/$2" \
    -o "$work/out/" "${plain[@]}" "${@:3}" 2>&1 >/dev/null | awk '/Collected/ { print $NF }'
}
failed=0
printf '| job | before, million | after, million | ratio |\n| --- | ---: | ---: | ---: |\n'
for job in "${jobs[@]}"; do
  read -ra words <<<"$job"
  was=$(count "$before" "${words[@]}")
  is=$(count "$after" "${words[@]}")
  [ -n "$was" ] && [ -n "$is" ] || { say "'$job' could not be counted"; exit 1; }
  awk -v job="$job" -v was="$was" -v is="$is" -v most="$most" 'BEGIN {
    ratio = is / was
    printf "| %s | %.1f | %.1f | %.4f%s |\n", job, was / 1e6, is / 1e6, ratio, ratio > 1 + most / 100 ? " TOO MUCH" : ""
    exit ratio > 1 + most / 100
  }' || failed=1
done
exit $failed
