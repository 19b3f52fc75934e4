// GIF as a row of blocks (GIF89a specification), and the metadata among them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/settings.h"
#include "metadata/metadata.h"

namespace imgmill::metadata {

/// What is wrong with the row of blocks; empty: it is whole. A file that ends with
/// its last block instead of the closing byte is: such are common, and every
/// viewer shows them. Thread-safe.
[[nodiscard]] std::string diagnose_gif(ByteView file);

/// One picture and what the blocks say of it. Refers to the file's bytes.
struct GifPicture {
  std::uint32_t left = 0;  ///< on the screen, pixels; may lie beyond it
  std::uint32_t top = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool interlaced = false;
  ByteView colours;  ///< red, green and blue of each: the picture's own, or else the file's
  std::optional<std::uint8_t> clear;  ///< the index that shows what is below
  int disposal = 0;                   ///< 0..7, as stored
  int delay = 0;                      ///< hundredths of a second
  int code_size = 0;                  ///< of LZW, as stored
  ByteView data;                      ///< sub-blocks with their length bytes
};

struct GifScreen {
  std::uint32_t width = 0;  ///< as stored: 0 in some files
  std::uint32_t height = 0;
  int plays = 1;  ///< 0: for ever; stored is how often it is repeated
  std::vector<GifPicture> pictures;
};

/// What is shown, as far as the row of blocks is whole. Thread-safe.
[[nodiscard]] GifScreen read_gif_screen(ByteView file);

[[nodiscard]] MetadataBlocks read_gif(ByteView file);
/// Frames, delays, loop counts and text that is drawn always stay. GIF has no
/// place for EXIF: a note says so when there is some. Errors: bad_input.
[[nodiscard]] Result<Rewritten> rewrite_gif(ByteView file, const Keep& keep, ByteView exif,
                                            ByteView xmp = {});

}  // namespace imgmill::metadata
