# Everything imgmill stands on. What is missing is named with the Debian package
# that has it.

function(imgmill_need package debian)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${package} ${ARGN} not found: install Debian's ${debian}, or run ./run build")
  endif()
  set(${package}_FOUND TRUE PARENT_SCOPE)
endfunction()

# find_package() inside a function keeps imported targets local to this folder
# unless they are global.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
find_package(Threads REQUIRED)
find_package(Vips 8.14 REQUIRED)
imgmill_need(JPEG libjpeg62-turbo-dev)
imgmill_need(ZLIB zlib1g-dev 1.2.11)
imgmill_need(CLI11 libcli11-dev 2.1)
imgmill_need(nlohmann_json nlohmann-json3-dev 3.10)
imgmill_need(fmt libfmt-dev 9)
imgmill_need(spdlog libspdlog-dev 1.10)

find_path(XXHASH_INCLUDE_DIR xxhash.h)
if(NOT XXHASH_INCLUDE_DIR)
  message(FATAL_ERROR "xxhash.h not found: install Debian's libxxhash-dev, or run ./run build")
endif()
add_library(imgmill_xxhash INTERFACE)
target_include_directories(imgmill_xxhash SYSTEM INTERFACE "${XXHASH_INCLUDE_DIR}")
target_compile_definitions(imgmill_xxhash INTERFACE XXH_INLINE_ALL)

# Plain C libraries, which come with pkg-config files.
find_package(PkgConfig REQUIRED)
function(imgmill_need target module version name package)
  pkg_check_modules(${target} QUIET IMPORTED_TARGET GLOBAL ${module}>=${version})
  if(NOT ${target}_FOUND)
    message(FATAL_ERROR "${name} ${version} not found: install Debian's ${package}, or run ./run build")
  endif()
endfunction()
imgmill_need(seccomp libseccomp 2.5 libseccomp libseccomp-dev)
imgmill_need(sqlite3 sqlite3 3.35 SQLite libsqlite3-dev)
imgmill_need(highway libhwy 1.0.3 Highway libhwy-dev)
imgmill_need(libjxl libjxl 0.7 libjxl libjxl-dev)
imgmill_need(brotli libbrotlidec 1.0 Brotli libbrotli-dev)
imgmill_need(libheif libheif 1.15 libheif libheif-dev)
imgmill_need(webp libwebp 1.2 libwebp libwebp-dev)
imgmill_need(expat expat 2.4 expat libexpat1-dev)
imgmill_need(deflate libdeflate 1.14 libdeflate libdeflate-dev)
imgmill_need(microhttpd libmicrohttpd 0.9.75 libmicrohttpd libmicrohttpd-dev)
imgmill_need(archive libarchive 3.6 libarchive libarchive-dev)

message(STATUS "imgmill: libvips ${Vips_VERSION} (${Vips_KIND})")
