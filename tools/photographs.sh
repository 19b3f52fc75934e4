#!/usr/bin/env bash
# Fetches Debian's package of 15 freely licensed camera photographs (16 MB) without installing it,
# and prints the folder with the photographs.
set -euo pipefail
here=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
folder=$here/build/photographs
"$here/tools/unpack_package.sh" lomiri-wallpapers-16.04 "$folder"
printf '%s\n' "$folder/usr/share/backgrounds"
