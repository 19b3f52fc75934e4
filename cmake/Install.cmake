# What `cmake --install` installs, and where. The layout is relocatable: the program and
# the library find the engine relative to themselves.
#
#   bin/imgmill                     the program; libexec/imgmill/ its worker processes
#   lib/libimgmill.so               the library; lib/imgmill/ the engine beside it
#   include/imgmill/                its headers
#   lib/cmake/imgmill, lib/pkgconfig  for programs that use the library
#   share/                          manual page, completions, licences
#
# imgmill-desktop, if it is built, with its desktop file and icon, is the component "desktop".

include(CMakePackageConfigHelpers)

# The program, the library and the files shipped with them: the target for builds without tests.
add_custom_target(imgmill_shipped)
add_dependencies(imgmill_shipped imgmill_program imgmill_worker imgmill)
foreach(extra imgmill_manual imgmill_completions imgmill_docs imgmill_desktop)
  if(TARGET ${extra})
    add_dependencies(imgmill_shipped ${extra})
  endif()
endforeach()

install(TARGETS imgmill_program RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
# Not in bin/, since users do not run it.
install(TARGETS imgmill_worker RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/imgmill")
install(TARGETS imgmill EXPORT imgmillTargets LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/imgmill" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")
install(FILES "${PROJECT_BINARY_DIR}/include/imgmill/version.h"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/imgmill")
if(Vips_KIND STREQUAL "engine")
  install(FILES "${Vips_LIBRARY}" DESTINATION "${CMAKE_INSTALL_LIBDIR}/imgmill")
endif()

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/imgmill")
install(EXPORT imgmillTargets NAMESPACE imgmill:: DESTINATION "${package_dir}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/imgmillConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/imgmillConfig.cmake" INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a minor version may break callers.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/imgmillConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/imgmillConfig.cmake"
  "${PROJECT_BINARY_DIR}/imgmillConfigVersion.cmake" DESTINATION "${package_dir}")

# The prefix may be chosen as late as `cmake --install --prefix`, so the pkg-config file derives it
# from its own location.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(IMGMILL_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
else()
  file(RELATIVE_PATH up "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(IMGMILL_PC_PREFIX "\${pcfiledir}/${up}")
endif()
cmake_path(APPEND IMGMILL_PC_LIBDIR "\${prefix}" "${CMAKE_INSTALL_LIBDIR}")
cmake_path(APPEND IMGMILL_PC_INCLUDEDIR "\${prefix}" "${CMAKE_INSTALL_INCLUDEDIR}")
configure_file("${PROJECT_SOURCE_DIR}/cmake/imgmill.pc.in" "${PROJECT_BINARY_DIR}/imgmill.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/imgmill.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# Manual page and completions, which the program itself generates during the build.
install(DIRECTORY "${PROJECT_BINARY_DIR}/share/" DESTINATION "${CMAKE_INSTALL_DATADIR}" OPTIONAL
  PATTERN "*.new" EXCLUDE)  # incomplete files
install(FILES LICENSE NOTICE THIRD_PARTY.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
