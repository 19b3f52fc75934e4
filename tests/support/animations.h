// Animations as files, frame by frame, and what is seen of them.
#pragma once

#include <optional>
#include <vector>

#include "support/make.h"

namespace imgmill::test {

struct GifPart {
  Raster picture;  ///< 256 colours at most; clear pixels become the transparent index
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
  std::optional<int> again = 0;  ///< as NETSCAPE2.0 has it; nothing: without that block
  std::vector<GifPart> parts;
};
Bytes make_gif(const GifMake& how);

struct ApngPart {
  Raster picture;
  int left = 0;
  int top = 0;
  int delay = 100;  ///< in parts of a second
  int parts = 1000;
  int dispose = 0;
  int blend = 0;
};

struct ApngMake {
  std::optional<Raster> still;  ///< beside the frames; else the first of them is the still picture
  int plays = 0;
  std::vector<ApngPart> parts;  ///< the first, or `still`, has the size of the whole
  PngMake how = {};
};
Bytes make_apng(const ApngMake& how);
/// A chunk with its length and its sum.
Bytes png_chunk(std::string_view type, ByteView data);

struct WebpPart {
  Raster picture;
  int left = 0;  ///< even, as `top`
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
/// Without loss, each frame as it is told.
Bytes make_webp(const WebpFramesMake& how);

/// What browsers show of the frames of `how`, in 8 bits of red, green, blue and alpha.
Movie drawn(const ApngMake& how);

/// One frame for each picture that is seen, for as long as browsers show it; what never changes has
/// no times and plays 0 times.
Movie as_seen(const Movie& movie);

}  // namespace imgmill::test
