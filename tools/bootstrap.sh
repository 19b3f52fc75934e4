#!/usr/bin/env bash
# Installs what this machine lacks for building imgmill: Debian packages
# (as root or through sudo) and the pinned libvips engine (npm, from engine/).
#
#   tools/bootstrap.sh [build] [desktop] [test] [lint]   purposes; default: build
#
# If nothing is missing, returns quickly. Prints to standard error.
set -euo pipefail
here=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
say() { printf 'imgmill: %s\n' "$*" >&2; }

packages=(g++ cmake ninja-build ccache pkg-config libcli11-dev nlohmann-json3-dev
  libspdlog-dev libfmt-dev libjpeg62-turbo-dev libxxhash-dev zlib1g-dev libseccomp-dev
  libsqlite3-dev libhwy-dev libdeflate-dev libjxl-dev libbrotli-dev libheif-dev libwebp-dev
  libmicrohttpd-dev libarchive-dev libexpat1-dev libtomlplusplus-dev
  libutf8proc-dev brotli)
# Build and run-time dependencies of imgmill-desktop.
window=(libgtk-4-dev libwebkitgtk-6.0-dev bubblewrap xdg-dbus-proxy adwaita-icon-theme)
engine=yes
browser=no
lint=no
# The engine is built for x86-64 and glibc; elsewhere the system's libvips is used.
if [ "$(uname -m)" != x86_64 ]; then
  engine=no
  packages+=(libvips-dev)
fi
for need in "$@"; do
  case $need in
    build) ;;
    # A second set of codecs to check the engine's output, a browser for the page, and for the
    # window a virtual display, a D-Bus daemon and input automation.
    test) packages+=(libgtest-dev libgmock-dev libbenchmark-dev libpng-dev
      libavif-dev libtiff-dev libgif-dev liblcms2-dev libimage-exiftool-perl "${window[@]}" xvfb xdotool dbus-daemon)
      browser=yes
      command -v chromium >/dev/null || packages+=(chromium) ;;
    desktop) packages+=("${window[@]}") ;;
    lint)
      packages+=(clang-format clang-tidy-19)
      lint=yes ;;
    *) say "bootstrap.sh knows build, desktop, test and lint, not '$need'"; exit 2 ;;
  esac
done
# Node and npm fetch the engine and build the page. Node may not come from Debian, so check for the
# commands.
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)

# Prints the arguments that dpkg does not list as installed.
missing() {
  { dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } |
    awk 'BEGIN { for (i = 1; i < ARGC; i++) wanted[i] = ARGV[i]; count = ARGC; ARGC = 1 }
         $2 == "installed" { have[$1] = 1 }
         END { for (i = 1; i < count; i++) if (!(wanted[i] in have)) print wanted[i] }' "$@"
}

install_packages() {
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "these Debian packages are missing: $*"
      say "install them as root (apt-get install $*), then try again"
      exit 1
    fi
    as_root=(sudo)
  fi
  say "installing Debian packages: $*"
  local log=$here/build/packages.log
  if ! { "${as_root[@]}" apt-get update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "$@"; } </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "apt-get failed (all of it: $log)"
    exit 1
  fi
}

mkdir -p "$here/build"
# shellcheck disable=SC1091  # a system file
distribution=$(. /etc/os-release 2>/dev/null && echo "${ID-unknown}" || echo unknown)
if [ "$distribution" = debian ]; then
  mapfile -t lacking < <(missing "${packages[@]}")
  [ ${#lacking[@]} = 0 ] || install_packages "${lacking[@]}"
elif [ ! -e "$here/build/packages-told" ]; then
  say "this is not Debian, so nothing is installed here. Needed, by their Debian names:"
  printf '%s\n' "${packages[*]}" | fold -s -w 76 | sed 's/^/  /' >&2
  : >"$here/build/packages-told"
fi

# Installs the packages of the package-lock.json in a folder, unless all are there.
#   fetch FOLDER WHAT
fetch() {
  # npm writes this file last, so it exists only if everything else does.
  local done_mark=$here/$1/node_modules/.package-lock.json
  [ ! -e "$done_mark" ] || [ "$here/$1/package-lock.json" -nt "$done_mark" ] || return 0
  say "fetching $2, checked against $1/package-lock.json"
  local log=$here/build/npm-${1//\//-}.log
  if ! npm ci --prefix "$here/$1" --ignore-scripts --no-audit --no-fund \
    </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "npm ci failed (all of it: $log); the registry must be reachable"
    exit 1
  fi
  touch "$done_mark"
}
[ "$engine" = no ] || fetch engine "the libvips engine (npm, about 20 MB)"
[ "$browser" = no ] || fetch tests/web "what drives the browser in tests (npm, about 5 MB)"
if [ "$lint" = yes ]; then
  fetch tools/eslint "ESLint (npm, about 10 MB)"
  fetch apps/web "what builds the page, whose types ESLint needs (npm, about 10 MB)"
fi
