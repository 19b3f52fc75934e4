# How our own code is compiled.

add_library(imgmill_options INTERFACE)
target_compile_options(imgmill_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wextra-semi -Werror
  $<$<CONFIG:Release>:-Wno-error=maybe-uninitialized>  # g++ 12 sees ghosts in std::expected at -O2
  -fno-omit-frame-pointer -fstack-protector-strong)
# libstdc++'s own checks are cheap beside decoding pixels.
target_compile_definitions(imgmill_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(imgmill_options INTERFACE -Wl,-z,relro,-z,now,--as-needed)

if(IMGMILL_SANITIZE)
  add_compile_options(-fsanitize=${IMGMILL_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IMGMILL_SANITIZE})
endif()
