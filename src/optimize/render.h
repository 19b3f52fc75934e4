// One pass over the pixels: decode, turn, convert, resize, fit, encode, prove.
#pragma once

#include "codecs/codec.h"
#include "optimize/seek.h"
#include "optimize/source.h"
#include "optimize/verify.h"

namespace imgmill {

enum class Turn { upright, as_stored };

struct RenderRequest {
  Format target = Format::jpeg;
  Turn turn = Turn::upright;
  Extent extent;  ///< of the result, one frame, after turning
  bool to_srgb = false;
  Colour background;
  bool first_frame = false;
  /// Fail when anything is lost on the way, and unless decoding gives the same
  /// pixels again.
  bool prove = false;
  /// What decides about the quality, where `encode` does not.
  std::optional<Aim> aim;
  bool measure = false;  ///< find out the score also without an aim
  EncodeOptions encode;
};

struct Rendered {
  Buffer bytes;
  std::uint32_t frames = 1;
  Findings findings;
  Judgement judgement;
};

/// Whether `bytes`, decoded again, are the picture of `source` to the last sample (under full
/// transparency only if `hidden` says so). Errors: what decoding brought up.
[[nodiscard]] Result<bool> shows_the_same(const Source& source, ByteView bytes,
                                          HiddenColours hidden);

/// Errors: bad_input (the source is damaged; the message says how), unsupported
/// (`prove` was asked for and the format cannot hold the picture exactly), limit.
[[nodiscard]] Result<Rendered> render(const Source& source, const RenderRequest& request);

}  // namespace imgmill
