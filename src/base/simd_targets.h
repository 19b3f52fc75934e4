// Which instruction sets our SIMD code is compiled for. To be included before
// hwy/foreach_target.h, which compiles the file once for each.
#pragma once

#ifdef IMGMILL_FEW_INSTRUCTION_SETS
// Under a sanitizer a set takes many seconds to compile: code without any and AVX2 are enough
// to find what reads beyond its bounds. The release build's tests compare all of them.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3)
#else
// SSSE3 alone has not been sold for fifteen years.
#define HWY_DISABLED_TARGETS HWY_SSSE3
#endif
