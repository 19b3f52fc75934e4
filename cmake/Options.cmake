# Compiler options for our own code.

# Libraries do most of the pixel work, so -O3 would only make our code bigger.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

add_library(imgmill_options INTERFACE)
target_compile_options(imgmill_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wextra-semi -Werror
  -Wno-missing-field-initializers  # our aggregates have defaults for members that are not named
  # g++ 12 gives false positives for std::expected, std::string and std::vector after inlining (GCC
  # bug 105651 and similar ones).
  -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds
  -fno-omit-frame-pointer -fstack-protector-strong)
# libstdc++'s assertions are cheap compared to decoding pixels.
target_compile_definitions(imgmill_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(imgmill_options INTERFACE -Wl,-z,relro,-z,now,--as-needed)

if(IMGMILL_SANITIZE)
  add_compile_options(-fsanitize=${IMGMILL_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IMGMILL_SANITIZE})
  add_compile_definitions(IMGMILL_FEW_INSTRUCTION_SETS)
endif()
