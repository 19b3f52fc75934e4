// A picture that is encoded time and again, and judged.
#pragma once

#include <optional>

#include "codecs/codec.h"
#include "imgmill/result.h"
#include "quality/judge.h"

namespace imgmill {

/// What one encoder makes of one picture, and how good that is. Not to be used by two threads at
/// once.
class Subject {
 public:
  /// `picture` is in memory; `encode`, where given, is how it is encoded if not from its pixels.
  Subject(Picture picture, const Codec& codec, PictureEncoder encode = {});

  [[nodiscard]] const Picture& picture() const { return picture_; }
  /// Errors: the encoder's.
  [[nodiscard]] Result<Encoding> encoded(const EncodeOptions& options) const;
  /// How good `encoding` is beside the picture, finished or not. Errors: bad_input.
  [[nodiscard]] Result<Rating> rate(const Encoding& encoding);
  /// The same of `bytes` in the encoder's format, decoded again. Errors: bad_input.
  [[nodiscard]] Result<Rating> rate(ByteView bytes);
  /// The same of what somebody sees in its place. Errors: bad_input.
  [[nodiscard]] Result<Rating> rate(const Picture& shown);

  /// Lets go of what ratings need; the next one makes it again.
  void forget_ratings() { judge_.reset(); }

 private:
  Picture picture_;
  const Codec* codec_;
  PictureEncoder encode_;
  std::optional<Judge> judge_;  ///< from the first rating on
};

}  // namespace imgmill
