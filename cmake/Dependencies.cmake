# imgmill's dependencies. Errors name the Debian package of a missing one.

function(imgmill_missing name debian)
  message(FATAL_ERROR "${name} not found: install Debian's ${debian}, or run ./run build")
endfunction()

# A library with a CMake package.
function(imgmill_need_package package debian)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    imgmill_missing("${package} ${ARGN}" ${debian})
  endif()
  set(${package}_FOUND TRUE PARENT_SCOPE)
endfunction()

# A library with a pkg-config file; defines PkgConfig::<target>.
function(imgmill_need_module target module version name debian)
  pkg_check_modules(${target} QUIET IMPORTED_TARGET GLOBAL ${module}>=${version})
  if(NOT ${target}_FOUND)
    imgmill_missing("${name} ${version}" ${debian})
  endif()
endfunction()

# find_package() inside a function makes imported targets local to this folder unless they are
# global.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
find_package(Threads REQUIRED)
find_package(Vips 8.14 REQUIRED)
imgmill_need_package(JPEG libjpeg62-turbo-dev)
imgmill_need_package(ZLIB zlib1g-dev 1.2.11)
imgmill_need_package(CLI11 libcli11-dev 2.1)
imgmill_need_package(nlohmann_json nlohmann-json3-dev 3.10)
imgmill_need_package(fmt libfmt-dev 9)
imgmill_need_package(spdlog libspdlog-dev 1.10)

find_path(XXHASH_INCLUDE_DIR xxhash.h)
if(NOT XXHASH_INCLUDE_DIR)
  imgmill_missing(xxhash.h libxxhash-dev)
endif()
add_library(imgmill_xxhash INTERFACE)
target_include_directories(imgmill_xxhash SYSTEM INTERFACE "${XXHASH_INCLUDE_DIR}")
target_compile_definitions(imgmill_xxhash INTERFACE XXH_INLINE_ALL)

# Its pkg-config file asks for a shared library, which is made without the bounds that we set.
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h)
if(NOT TOMLPLUSPLUS_INCLUDE_DIR)
  message(FATAL_ERROR
    "toml++/toml.h not found: install Debian's libtomlplusplus-dev, or run ./run build")
endif()

find_package(PkgConfig REQUIRED)
imgmill_need_module(seccomp libseccomp 2.5 libseccomp libseccomp-dev)
imgmill_need_module(sqlite3 sqlite3 3.35 SQLite libsqlite3-dev)
imgmill_need_module(highway libhwy 1.0.3 Highway libhwy-dev)
imgmill_need_module(libjxl libjxl 0.7 libjxl libjxl-dev)
imgmill_need_module(brotli libbrotlidec 1.0 Brotli libbrotli-dev)
imgmill_need_module(libheif libheif 1.15 libheif libheif-dev)
imgmill_need_module(webp libwebp 1.2 libwebp libwebp-dev)
imgmill_need_module(expat expat 2.4 expat libexpat1-dev)
imgmill_need_module(utf8proc libutf8proc 2.6 utf8proc libutf8proc-dev)
imgmill_need_module(deflate libdeflate 1.14 libdeflate libdeflate-dev)
imgmill_need_module(microhttpd libmicrohttpd 0.9.75 libmicrohttpd libmicrohttpd-dev)
imgmill_need_module(archive libarchive 3.6 libarchive libarchive-dev)

message(STATUS "imgmill: libvips ${Vips_VERSION} (${Vips_KIND})")
