// GIF by giflib, frame by frame.
#pragma once

#include <gif_lib.h>

#include "support/animations.h"
#include "support/raster.h"

namespace imgmill::test {

/// A GIF89a that goes to the end of `out`, up to close_gif().
GifFileType* open_gif(Bytes& out);
void close_gif(GifFileType* gif);

/// NETSCAPE2.0: how often it is shown again, 0 for ever.
void put_again(GifFileType* gif, int again);
/// With colours of its own.
void put_part(GifFileType* gif, const GifPart& part);

}  // namespace imgmill::test
