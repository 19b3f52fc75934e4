// Structural properties of a JPEG: components, scans, restarts, quantization.
#pragma once

#include <string_view>

#include "support/make.h"

namespace imgmill::test {

struct JpegKind {
  std::string_view name;
  int channels;
  JpegMake how;
};

inline const JpegKind jpeg_kinds[] = {
    {"444", 3, {.across = 1, .down = 1}},
    {"422", 3, {.across = 2, .down = 1}},
    {"420", 3, {.across = 2, .down = 2}},
    {"440", 3, {.across = 1, .down = 2}},
    {"411", 3, {.across = 4, .down = 1}},
    {"grey", 1, {}},
    {"cmyk", 4, {}},
    {"progressive", 3, {.progressive = true}},
    {"restarts", 3, {.restart_rows = 1}},
    {"rough", 3, {.quality = 12}},
    {"fine", 3, {.quality = 100}},
};

}  // namespace imgmill::test
