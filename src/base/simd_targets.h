// Which instruction sets our SIMD code is compiled for. To be included before
// hwy/foreach_target.h, which compiles the file once for each.
#pragma once

// Vectors whose length only the machine knows cannot be members of classes, as ours are: ARM
// machines that have them get NEON.
#define IMGMILL_SCALABLE_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

#ifdef IMGMILL_FEW_INSTRUCTION_SETS
// Under a sanitizer a set takes many seconds to compile: code without any and AVX2 are enough
// to find what reads beyond its bounds. The release build's tests compare all of them.
#define HWY_DISABLED_TARGETS (IMGMILL_SCALABLE_TARGETS | HWY_SSSE3 | HWY_SSE4 | HWY_AVX3)
#else
// SSSE3 alone has not been sold for fifteen years.
#define HWY_DISABLED_TARGETS (IMGMILL_SCALABLE_TARGETS | HWY_SSSE3)
#endif
