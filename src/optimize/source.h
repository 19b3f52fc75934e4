// One input image, understood as far as its header goes.
#pragma once

#include "codecs/codec.h"
#include "imgmill/optimize.h"
#include "metadata/exif.h"
#include "metadata/metadata.h"
#include "transform/transform.h"

namespace imgmill {

/// Refers to the caller's bytes.
struct Source {
  ByteView bytes;
  const Codec* codec = nullptr;
  ImageInfo info;
  MetadataBlocks metadata;
  ExifFacts exif;
  ColourFacts colours;
};

/// Recognises and measures `input`, and refuses what goes over `limits`
/// before anything is allocated for pixels.
/// Errors: bad_input, limit, unsupported.
[[nodiscard]] Result<Source> open_source(ByteView input, const Limits& limits);

/// Whether a picture like `info` may be held in memory. Errors: limit.
[[nodiscard]] Result<void> within(const ImageInfo& info, const Limits& limits);

}  // namespace imgmill
