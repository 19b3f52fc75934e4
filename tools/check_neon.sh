#!/usr/bin/env bash
# Builds all vector code for 64-bit ARM, runs the metric's in an emulator, and compares its scores
# with those of this machine: within 0.001, and exactly 100 for equal pictures. Takes some minutes.
# Needs Debian's g++-aarch64-linux-gnu and qemu-user-static, which it does not install.
set -euo pipefail
here=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
for need in aarch64-linux-gnu-g++ qemu-aarch64-static; do
  command -v "$need" > /dev/null || {
    echo "$need is missing; apt-get install g++-aarch64-linux-gnu qemu-user-static" >&2
    exit 2
  }
done
"$here/tools/build.sh" program
work=$here/build/neon
mkdir -p "$work/headers"
# Use only the system's architecture-independent headers.
ln -sfn /usr/include/hwy /usr/include/fmt "$work/headers/"
flags=(-std=c++2b -O3 -fno-tree-vectorize -ffp-contract=off -DFMT_HEADER_ONLY -Wno-psabi -I"$work/headers"
  -I"$here/include" -I"$here/build/release/include" -I"$here/src")
metric=("$here"/src/quality/{ssimulacra2,ssimulacra2_simd,light,local_errors,cosine_blur}.cc "$here/src/base/error.cc"
  "$here/tests/neon/scores.cc")

grep -rl '"base/simd_targets.h"' "$here/src" --include='*.cc' | while read -r file; do
  echo "compiling ${file#"$here/"} for ARM"
  aarch64-linux-gnu-g++ "${flags[@]}" -c "$file" -o /dev/null
done
aarch64-linux-gnu-g++ "${flags[@]}" "${metric[@]}" -static -o "$work/arm"
g++ "${flags[@]}" "${metric[@]}" -lhwy -o "$work/native"
qemu-aarch64-static "$work/arm" > "$work/arm.txt"
"$work/native" > "$work/native.txt"
paste -d' ' "$work/arm.txt" "$work/native.txt" | awk '
  { apart = $3 - $6; if (apart < 0) apart = -apart
    if (apart > most) most = apart
    if ($1 != $4 || apart > 0.001 || ($1 ~ /\/1$/ && $3 != 100)) { print "differs:", $0; bad = 1 } }
  END { printf "%d scores by %s and by %s differ by at most %.6f\n", NR, $2, $5, most
        exit bad || NR == 0 || $2 == $5 }'
