#!/usr/bin/env bash
# symbols.sh LIBRARY LIST: the library's symbols that others may link with are those in LIST.
# Removing or changing one breaks programs that are built already and takes a new soname; adding one
# takes a line in LIST.
set -euo pipefail
nm --dynamic --demangle --defined-only "$1" | cut -d' ' -f3- | grep 'imgmill::' |
  grep -v '^std::\|^void std::\|for std::' | LC_ALL=C sort -u >symbols.now # its own, no templates
if ! diff -u "$2" symbols.now; then
  echo "the exported symbols have changed; if that is meant: cp $PWD/symbols.now $2" >&2
  exit 1
fi
