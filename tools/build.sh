#!/usr/bin/env bash
# Builds a part of imgmill in build/PRESET, quietly, after installing missing dependencies.
#
#   tools/build.sh program            the release program and library
#   tools/build.sh desktop            the same, and imgmill-desktop
#   tools/build.sh bench              the release benchmarks
#   tools/build.sh tests [PRESET]     everything, tests included (release, asan, tsan)
#   tools/build.sh hostile            what ./test hostile runs
#   tools/build.sh configure          nothing, but its compile_commands.json is there
#   tools/build.sh drivers            the release tests that start the program, which asan and tsan use
#
# A stamp with the start time of the last successful build tells whether there is anything
# to do, without starting CMake or Ninja. Prints to standard error.
set -euo pipefail
here=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
say() { printf 'imgmill: %s\n' "$*" >&2; }

what=${1-program}
preset=${2-release}
folder=$here/build/$preset
stamp=$folder/.built-$what
case $what in
  program) sources=(apps src include) target=(--target imgmill_shipped) needs=(build) ;;
  desktop)
    sources=(apps src include) target=(--target imgmill_shipped)
    needs=(build desktop)
    ;;
  bench) sources=(apps src include bench) target=(--target imgmill_bench) needs=(build test) ;;
  tests)
    # The tests also read these folders.
    sources=(apps src include bench tests examples docs) target=() needs=(build test)
    ;;
  drivers) sources=(apps src include tests) target=(--target imgmill_drivers) needs=(build test) ;;
  configure) sources=(src) target=(--target help) needs=(build test) ;;  # builds nothing
  hostile) sources=(apps src include tests) target=(--target imgmill_hostile) needs=(build test) ;;
  *) say "build.sh knows program, desktop, bench, tests, hostile, drivers and configure, not '$what'"; exit 2 ;;
esac

# Deleting or adding a file changes the time of its folder.
up_to_date() {
  local stamp=$1
  [ -e "$stamp" ] && [ -x "$folder/imgmill" ] && (
    cd "$here"
    [ -z "$(find "${sources[@]}" cmake engine/package-lock.json CMakeLists.txt \
      CMakePresets.json tools/build.sh tools/bootstrap.sh tools/page.sh tools/embed_page.cmake \
      \( -name node_modules -o -path apps/web/dist \) -prune \
      -o -newer "$stamp" -print -quit)" ]
  )
}
# A build of all tests includes the drivers.
done_already() {
  up_to_date "$stamp" || { [ "$what" = drivers ] && up_to_date "$folder/.built-tests"; }
}
done_already && exit 0

mkdir -p "$folder"
# Two builds in one folder would interfere; the second one waits.
exec 9>"$folder/.lock"
flock -n 9 || { say "waiting for another build in build/$preset"; flock 9; }
done_already && exit 0

"$here/tools/bootstrap.sh" "${needs[@]}"
[ "$preset" = release ] || "$here/tools/build.sh" drivers 9>&-
# Both run before the stamp is made: they put files beside the sources.
"$here/tools/page.sh"
touch "$stamp.new"

log=$folder/build.log
configure=(--preset "$preset")
if [ "$what" = program ] || [ "$what" = desktop ]; then
  # Building only the program needs no GoogleTest; an existing configuration with tests is kept.
  [ -e "$folder/CMakeCache.txt" ] || configure+=(-DIMGMILL_TESTS=OFF -DIMGMILL_BENCHMARKS=OFF)
  [ "$what" = program ] || configure+=(-DIMGMILL_DESKTOP=ON)
else
  configure+=(-DIMGMILL_TESTS=ON)
  if [ "$preset" = release ]; then
    configure+=(-DIMGMILL_BENCHMARKS=ON)
  else
    configure+=(-DIMGMILL_DRIVERS="$here/build/release")
  fi
fi
if [ "$(uname -m)" != x86_64 ]; then
  say "the pinned engine is for x86-64; building with the system's libvips instead"
  configure+=(-DIMGMILL_VIPS=system)
fi
if command -v ccache >/dev/null; then
  configure+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # Lets another clone of the same sources reuse cached objects.
  export CCACHE_BASEDIR=$here CCACHE_NOHASHDIR=1
fi

say "building build/$preset (the first time takes a few minutes)"
started=$SECONDS
cd "$here"
if ! { cmake "${configure[@]}" && cmake --build --preset "$preset" "${target[@]}"; } \
  </dev/null >"$log" 2>&1 9>&-; then
  grep -nE -A 12 'error:|CMake Error|FAILED:' "$log" | head -n 60 >&2 || true
  say "the build failed (all of it: $log)"
  exit 1
fi
mv "$stamp.new" "$stamp"
say "built in $((SECONDS - started)) s"
