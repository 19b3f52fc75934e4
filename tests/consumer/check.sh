#!/usr/bin/env bash
# check.sh CMAKE SOURCE_DIR BUILD_DIR MAKE_IMAGE CXX LIBDIR
# Installs BUILD_DIR into an empty prefix and uses what lies there as a stranger
# would. Fails with a sentence.
set -euo pipefail
cmake=$1 source=$2 build=$3 make_image=$4 cxx=$5 libdir=$6
here=$source/tests/consumer
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
fail() { printf 'consumer: %s\n' "$*" >&2; exit 1; }

# Moved after installing: nothing may remember where it was put.
"$cmake" --install "$build" --prefix "$work/first" >"$work/install.log" || fail "install failed"
mv "$work/first" "$work/prefix"
prefix=$work/prefix

for file in bin/imgmill "$libdir/libimgmill.so" include/imgmill/imgmill.h include/imgmill/version.h \
  "$libdir/cmake/imgmill/imgmillConfig.cmake" "$libdir/pkgconfig/imgmill.pc" \
  share/doc/imgmill/LICENSE share/doc/imgmill/THIRD_PARTY.md; do
  [ -e "$prefix/$file" ] || fail "$file was not installed"
done
for header in "$source"/include/imgmill/*.h; do
  [ -e "$prefix/include/imgmill/${header##*/}" ] || fail "header ${header##*/} was not installed"
done
# What imgmill is made of is its own business.
if grep -REin 'spdlog|fmt::|Vips|JPEG::|nlohmann|xxhash|imgmill_core' \
  "$prefix/$libdir/cmake" "$prefix/$libdir/pkgconfig"; then
  fail "the package names a private dependency"
fi
if grep -REn -e "$source" -e "$work" "$prefix/$libdir/cmake" "$prefix/$libdir/pkgconfig"; then
  fail "the package remembers a path of the machine that built it"
fi

mkdir "$work/in"
"$make_image" "$work/in/a.jpg"
cp "$work/in/a.jpg" "$work/in/b.jpg"
before=$(stat -c %s "$work/in/a.jpg")

# Every example, run on a real image; $1 is the folder with the programs.
run_examples() {
  local out=$work/out-$2
  mkdir "$out"
  "$1/optimize_bytes" "$work/in/a.jpg" "$out/bytes.jpg" || fail "$2: optimize_bytes failed"
  "$1/optimize_file" "$work/in/a.jpg" "$out/file.webp" || fail "$2: optimize_file failed"
  "$1/run_batch" "$work/in" "$out/batch" || fail "$2: run_batch failed"
  local file
  for file in "$out/bytes.jpg" "$out/file.webp" "$out/batch/a.jpg" "$out/batch/b.jpg"; do
    [ -s "$file" ] || fail "$2: ${file##*/} was not written"
    [ "$(stat -c %s "$file")" -lt "$before" ] || fail "$2: ${file##*/} is not smaller"
  done
  "$1/compare_bytes" "$work/in/a.jpg" "$out/bytes.jpg" "$out/map.png" >"$work/said" ||
    fail "$2: compare_bytes failed"
  grep -q ": " "$work/said" || fail "$2: compare_bytes gave no verdict"
  [ -s "$out/map.png" ] || fail "$2: compare_bytes drew no map"
  [ "$(head -c 4 "$out/file.webp")" = RIFF ] || fail "$2: file.webp is not a WebP"
  ! "$1/optimize_bytes" /dev/null "$out/nothing" 2>"$work/said" || fail "$2: an empty file passed"
  [ -s "$work/said" ] || fail "$2: an empty file was refused without a word"
}

"$cmake" -S "$here/project" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_CXX_COMPILER="$cxx" -DEXAMPLES="$source/examples" >"$work/cmake.log" ||
  fail "find_package(imgmill) failed"
"$cmake" --build "$work/cmake" -j 2 >"$work/cmake.log" 2>&1 ||
  { cat "$work/cmake.log" >&2; fail "the find_package consumer does not build"; }
run_examples "$work/cmake" find_package

mkdir "$work/plain"
export PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig
for example in compare_bytes optimize_bytes optimize_file run_batch; do
  # shellcheck disable=SC2046  # pkg-config prints a list of flags
  "$cxx" -std=c++23 -Wall -Wextra -Werror "$source/examples/$example.cc" -o "$work/plain/$example" \
    $(pkg-config --cflags --libs imgmill) "-Wl,-rpath,$(pkg-config --variable=libdir imgmill)" ||
    fail "pkg-config: $example does not build"
done
run_examples "$work/plain" pkg-config

"$prefix/bin/imgmill" --version >/dev/null || fail "the installed program does not start"
"$prefix/bin/imgmill" optimize "$work/in" -o "$work/by-program" --quiet ||
  fail "the installed program does not optimize"
[ -s "$work/by-program/a.jpg" ] || fail "the installed program wrote nothing"
echo "consumer: find_package, pkg-config and the installed program work"
