#!/usr/bin/env bash
# Fetches Debian's package of 15 freely licensed camera photographs, without
# installing it, and prints the folder that holds them. Needs no root: where apt
# has no package lists, it gets its own ones. apt checks signature and hash.
set -euo pipefail
here=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
package=lomiri-wallpapers-16.04
folder=$here/build/photographs
photos=$folder/usr/share/backgrounds
say() { printf 'imgmill: %s\n' "$*" >&2; }

if [ ! -e "$folder/.complete" ]; then
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    say "the photographs are in Debian's package $package, and this machine has no apt-get;"
    say "unpack it by hand so that $photos exists, then: touch $folder/.complete"
    exit 1
  fi
  say "fetching $package from Debian (16 MB; not installed)"
  mkdir -p "$folder/download" "$folder/lists/partial" "$folder/cache/archives/partial"
  cd "$folder/download"
  # apt wants to fetch as a user of its own, who may not write here, and says so.
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
fi
printf '%s\n' "$photos"
