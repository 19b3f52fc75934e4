# Finds libvips with its C++ interface: the pinned engine, or the system's.
#
#   IMGMILL_VIPS = auto | engine | system     which one to use (auto: engine first)
#   IMGMILL_ENGINE_DIR                        where `npm ci` installed the engine
#
# Defines Vips::Vips, Vips_VERSION, Vips_KIND (engine or system) and, for the
# engine, Vips_LIBRARY, the one file that has to ship with the program.

set(IMGMILL_VIPS auto CACHE STRING "libvips to use: auto, engine or system")
set_property(CACHE IMGMILL_VIPS PROPERTY STRINGS auto engine system)
set(IMGMILL_ENGINE_DIR "${PROJECT_SOURCE_DIR}/engine/node_modules/@img"
    CACHE PATH "folder that holds sharp-libvips-dev and sharp-libvips-linux-x64")

unset(Vips_KIND)

if(NOT IMGMILL_VIPS STREQUAL "system")
  file(GLOB _vips_library "${IMGMILL_ENGINE_DIR}/sharp-libvips-linux-x64/lib/libvips-cpp.so.*")
  set(_vips_dev "${IMGMILL_ENGINE_DIR}/sharp-libvips-dev/include")
  if(_vips_library AND EXISTS "${_vips_dev}/vips/vips.h")
    set(Vips_KIND engine)
    set(Vips_LIBRARY "${_vips_library}")
    string(REGEX REPLACE ".*libvips-cpp\\.so\\." "" Vips_VERSION "${_vips_library}")
    add_library(Vips::Vips SHARED IMPORTED)
    set_target_properties(Vips::Vips PROPERTIES
      IMPORTED_LOCATION "${_vips_library}"
      IMPORTED_SONAME "libvips-cpp.so.${Vips_VERSION}")
    # The engine's include folder also has its own jpeglib.h, png.h and more, which must not hide
    # the system's: only vips/ is exposed.
    set(_vips_include "${PROJECT_BINARY_DIR}/engine-include")
    file(MAKE_DIRECTORY "${_vips_include}")
    file(CREATE_LINK "${_vips_dev}/vips" "${_vips_include}/vips" SYMBOLIC)
    target_include_directories(Vips::Vips SYSTEM INTERFACE
      "${_vips_include}" "${_vips_dev}/glib-2.0"
      "${IMGMILL_ENGINE_DIR}/sharp-libvips-linux-x64/lib/glib-2.0/include")
  endif()
endif()

if(NOT Vips_KIND AND NOT IMGMILL_VIPS STREQUAL "engine")
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(_vips QUIET IMPORTED_TARGET vips-cpp>=8.14)
    if(_vips_FOUND)
      set(Vips_KIND system)
      set(Vips_VERSION "${_vips_VERSION}")
      set(Vips_LIBRARY "${_vips_LINK_LIBRARIES}")
      add_library(Vips::Vips INTERFACE IMPORTED)
      target_link_libraries(Vips::Vips INTERFACE PkgConfig::_vips)
    endif()
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Vips
  REQUIRED_VARS Vips_KIND Vips_LIBRARY
  VERSION_VAR Vips_VERSION
  REASON_FAILURE_MESSAGE
    "run './run build', which fetches the pinned engine, or install Debian's libvips-dev and configure with -DIMGMILL_VIPS=system")
