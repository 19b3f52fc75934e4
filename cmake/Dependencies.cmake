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
pkg_check_modules(seccomp QUIET IMPORTED_TARGET libseccomp>=2.5)
if(NOT seccomp_FOUND)
  message(FATAL_ERROR "libseccomp 2.5 not found: install Debian's libseccomp-dev, or run ./run build")
endif()
pkg_check_modules(sqlite3 QUIET IMPORTED_TARGET sqlite3>=3.35)
if(NOT sqlite3_FOUND)
  message(FATAL_ERROR "SQLite 3.35 not found: install Debian's libsqlite3-dev, or run ./run build")
endif()
pkg_check_modules(highway QUIET IMPORTED_TARGET libhwy>=1.0.3)
if(NOT highway_FOUND)
  message(FATAL_ERROR "Highway 1.0.3 not found: install Debian's libhwy-dev, or run ./run build")
endif()
pkg_check_modules(deflate QUIET IMPORTED_TARGET libdeflate>=1.14)
if(NOT deflate_FOUND)
  message(FATAL_ERROR "libdeflate 1.14 not found: install Debian's libdeflate-dev, or run ./run build")
endif()

message(STATUS "imgmill: libvips ${Vips_VERSION} (${Vips_KIND})")
