#!/usr/bin/env bash
# unpack_package.sh PACKAGE FOLDER: fetches a Debian package and unpacks it below FOLDER without
# installing it. Does nothing if that is done already. Needs no root: if apt has no package lists,
# it fetches its own. apt checks signature and hash.
set -euo pipefail
say() { printf 'imgmill: %s\n' "$*" >&2; }
package=$1
mkdir -p "$2"
folder=$(readlink -f -- "$2")
[ ! -e "$folder/.complete" ] || exit 0

if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
  say "Debian's package $package is needed, and this machine has no apt-get;"
  say "unpack it by hand into $folder, then: touch $folder/.complete"
  exit 1
fi
say "fetching $package from Debian (not installed)"
mkdir -p "$folder/download" "$folder/lists/partial" "$folder/cache/archives/partial"
cd "$folder/download"
# By default apt fetches as its own user, which may not write here, and warns about it.
fetch=(apt-get -q -o APT::Sandbox::User=root)
own=(-o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache")
if ! { "${fetch[@]}" download "$package" ||
  { "${fetch[@]}" "${own[@]}" update && "${fetch[@]}" "${own[@]}" download "$package"; }; } \
  </dev/null >"$folder/apt.log" 2>&1; then
  tail -n 10 "$folder/apt.log" >&2
  say "apt-get could not fetch $package (all of it: $folder/apt.log)"
  exit 1
fi
dpkg-deb -x "$package"_*.deb "$folder"
rm -rf "$folder/download" "$folder/lists" "$folder/cache"
touch "$folder/.complete"
