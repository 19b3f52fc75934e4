// Creates animations frame by frame, and renders them as browsers do.
#pragma once

#include <optional>
#include <vector>

#include "support/make.h"

namespace imgmill::test {

struct GifPart {
  Raster picture;  ///< at most 256 colours; clear pixels become the transparent index
  int left = 0;
  int top = 0;
  int delay = 10;  ///< hundredths of a second
  int disposal = 0;
  bool interlaced = false;
};

struct GifMake {
  int width = 0;  ///< of the screen
  int height = 0;
  int background = 0;            ///< index
  std::optional<int> again = 0;  ///< as in NETSCAPE2.0; nullopt: without that block
  std::vector<GifPart> parts;
};
Bytes make_gif(const GifMake& how);

struct ApngPart {
  Raster picture;
  int left = 0;
  int top = 0;
  int delay = 100;  ///< in units of 1 / parts s
  int parts = 1000;
  int dispose = 0;
  int blend = 0;
};

struct ApngMake {
  std::optional<Raster> still;  ///< a separate still picture; else the first frame is the still
                                ///< picture
  int plays = 0;
  std::vector<ApngPart> parts;  ///< the first, or `still`, has the size of the canvas
  PngMake how = {};
};
Bytes make_apng(const ApngMake& how);
/// Returns a chunk with its length and CRC.
Bytes png_chunk(std::string_view type, ByteView data);

struct WebpPart {
  Raster picture;
  int left = 0;  ///< even, like `top`
  int top = 0;
  int delay = 100;  ///< milliseconds
  bool dispose = false;
  bool blend = true;
};

struct WebpFramesMake {
  int width = 0;
  int height = 0;
  int plays = 0;
  std::vector<WebpPart> parts;
};
/// Lossless; frames are stored as given.
Bytes make_webp(const WebpFramesMake& how);

/// Renders the frames of `how` as browsers do, as 8-bit RGBA.
Movie drawn(const ApngMake& how);

/// Merges equal pictures: one frame per visible picture, with its total time. An animation that
/// never changes has no times and plays 0 times.
Movie as_seen(const Movie& movie);

}  // namespace imgmill::test
