// GIF as a sequence of blocks (GIF89a specification), and the metadata in it.
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

/// Returns what is wrong with the block structure; empty if it is intact. A missing trailer byte
/// after the last block is accepted: such files are common, and every viewer shows them.
/// Thread-safe.
[[nodiscard]] std::string diagnose_gif(ByteView file);

/// One frame, with the data of its blocks. Refers to the file's bytes.
struct GifPicture {
  std::uint32_t left = 0;  ///< position on the screen, pixels; may lie outside
  std::uint32_t top = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool interlaced = false;
  ByteView colours;  ///< RGB triples: the frame's own table, or else the global one
  std::optional<std::uint8_t> clear;  ///< the transparent index
  int disposal = 0;                   ///< 0..7, as stored
  int delay = 0;                      ///< hundredths of a second
  int code_size = 0;                  ///< of LZW, as stored
  ByteView data;                      ///< sub-blocks with their length bytes
};

struct GifScreen {
  std::uint32_t width = 0;  ///< as stored; 0 in some files
  std::uint32_t height = 0;
  int plays = 1;  ///< 0: forever; the file stores the number of repetitions
  std::vector<GifPicture> pictures;
};

/// Reads the frames as far as the block structure is intact. Thread-safe.
[[nodiscard]] GifScreen read_gif_screen(ByteView file);

[[nodiscard]] MetadataBlocks read_gif(ByteView file);
/// Frames, delays, loop counts and visible text are always kept. GIF cannot hold EXIF: a note says
/// so if there is any. Errors: bad_input.
[[nodiscard]] Result<Rewritten> rewrite_gif(ByteView file, const Keep& keep, ByteView exif,
                                            ByteView xmp = {});

}  // namespace imgmill::metadata
