#!/usr/bin/env bash
# `./run demo`: optimizes 15 camera photographs and shows the results.
set -euo pipefail
here=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
photos=$("$here/tools/photographs.sh")
out=$here/build/demo/out
report=$here/build/demo/report.csv

mkdir -p "$here/build/demo"
"$here/build/release/imgmill" optimize "$photos" -o "$out" --overwrite --report "$report" "$@"

# Finds columns by their names in the report's first line. Only the last part of a path is shown;
# the names in Debian's package have neither commas nor quotes.
awk -F, '
  function plain(text) { gsub(/"/, "", text); return text }
  function megabytes(bytes) { return sprintf("%.2f MB", bytes / 1e6) }
  function row(name, before, after,    saved) {
    saved = before > 0 ? 100 * (before - after) / before : 0
    printf("%-44.44s %10s %10s %9.1f %%\n", name, megabytes(before), megabytes(after), saved)
  }
  { sub(/\r$/, "") }
  NR == 1 {
    for (i = 1; i <= NF; i++) column[plain($i)] = i
    printf "\n%-44s %10s %10s %11s\n", "photograph", "before", "after", "saved"
    next
  }
  {
    name = plain($column["original_path"]); sub(/.*\//, "", name)
    before = plain($column["original_size"]); after = plain($column["optimized_size"])
    row(name, before, after)
    all_before += before; all_after += after
  }
  END { row("together (" (NR - 1) ")", all_before, all_after) }
' "$report"
printf '\nbefore   %s\nafter    %s\nreport   %s\n' "$photos" "$out" "$report"
