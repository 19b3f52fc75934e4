// Instruction sets for which our SIMD code is compiled. Include it before hwy/foreach_target.h,
// which compiles the file once per set.
#pragma once

// Vectors of a length known only at run time cannot be class members, and ours are: ARM machines
// with SVE use NEON.
#define IMGMILL_SCALABLE_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

#ifdef IMGMILL_FEW_INSTRUCTION_SETS
// Under a sanitizer each set takes many seconds to compile. Scalar code and AVX2 are enough to find
// out-of-bounds reads. The release build's tests compare all sets.
#define HWY_DISABLED_TARGETS (IMGMILL_SCALABLE_TARGETS | HWY_SSSE3 | HWY_SSE4 | HWY_AVX3)
#else
// No CPU limited to SSSE3 has been sold for fifteen years.
#define HWY_DISABLED_TARGETS (IMGMILL_SCALABLE_TARGETS | HWY_SSSE3)
#endif
