// One pass over the pixels: decode, rotate, convert, resize, fit, encode, prove.
#pragma once

#include "codecs/codec.h"
#include "optimize/candidates/verify.h"
#include "optimize/plan/plan.h"
#include "optimize/search/quality_search.h"
#include "optimize/source/source.h"
#include "transform/geometry.h"

namespace imgmill {

enum class Turn { upright, as_stored };

struct RenderRequest {
  Format target = Format::jpeg;
  Turn turn = Turn::upright;
  Layout layout;  ///< layout of one frame, upright
  Resize resize;  ///< how to resize, if the size changes
  bool to_srgb = false;
  Colour background;
  bool first_frame = false;
  /// Fail if anything is lost on the way, or if decoding does not reproduce the same pixels.
  bool prove = false;
  /// Determines the quality, if `encode` does not.
  std::optional<Aim> aim;
  bool measure = false;  ///< measure the score even without an aim
  EncodeOptions encode;
};

struct Rendered {
  Buffer bytes;
  std::uint32_t frames = 1;
  Findings findings;
  Judgement judgement;
};

/// True if `bytes`, decoded again, equal the picture of `source` to the last sample (under full
/// transparency only if `hidden` says so). Errors: those of decoding.
[[nodiscard]] Result<bool> shows_the_same(const Source& source, ByteView bytes,
                                          HiddenColours hidden);

/// Errors: bad_input (the source is damaged; the message says how), unsupported (with `prove`: the
/// format cannot hold the picture exactly), limit.
[[nodiscard]] Result<Rendered> render(const Source& source, const RenderRequest& request);

/// Returns the request for render() according to `plan`, for a lossless or a lossy file.
[[nodiscard]] RenderRequest request_for(const Source& source, const FormatPlan& plan,
                                        bool lossless);

/// Returns `aim` adjusted for an encoding to which `metadata` will be added.
[[nodiscard]] Aim beside(Aim aim, const NewMetadata& metadata);

}  // namespace imgmill
