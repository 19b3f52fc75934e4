# What every test reads first is read once: that is a third of the time a test takes to compile.
# (For the core it does not pay: loading the headers costs what reading them saves.)
option(IMGMILL_PRECOMPILE "read GoogleTest's headers once" ON)

function(imgmill_precompile_for_tests target)
  if(IMGMILL_PRECOMPILE)
    # What ccache needs to understand g++'s precompiled headers.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
    target_precompile_headers(${target} PRIVATE
      <gtest/gtest.h> <gmock/gmock.h> <chrono> <expected> <filesystem> <thread>)
  endif()
endfunction()
