// A picture that is encoded repeatedly and rated.
#pragma once

#include <optional>

#include "codecs/codec.h"
#include "imgmill/result.h"
#include "quality/judge.h"

namespace imgmill {

/// Encodes one picture with one encoder, and rates the results. Not thread-safe.
class TrialEncoder {
 public:
  /// `picture` must be in memory; `encode`, if given, encodes it by other means than from its
  /// pixels.
  TrialEncoder(Picture picture, const Codec& codec, PictureEncoder encode = {});

  [[nodiscard]] const Picture& picture() const { return picture_; }
  /// Errors: the encoder's.
  [[nodiscard]] Result<Encoding> encoded(const EncodeOptions& options) const;
  /// Rates the decoder output of `encoding`. Errors: bad_input; its writer's, if the decoder output
  /// is not known yet.
  [[nodiscard]] Result<Rating> rate(Encoding& encoding);
  /// The rating of `bytes` in the encoder's format, after decoding them. Errors: bad_input.
  [[nodiscard]] Result<Rating> rate(ByteView bytes);
  /// The rating of a decoded picture. Errors: bad_input.
  [[nodiscard]] Result<Rating> rate(const Picture& shown);

  /// Frees the picture, its encoder and the memory for ratings; nothing else can be called then.
  void release() { *this = TrialEncoder(); }

 private:
  TrialEncoder() = default;

  Picture picture_;
  const Codec* codec_ = nullptr;
  PictureEncoder encode_;
  std::optional<Judge> judge_;  ///< set from the first rating on
};

}  // namespace imgmill
