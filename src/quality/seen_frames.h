// Frames of a picture as the metric sees them: in memory, or computed on demand.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vips/vips8>

#include "codecs/engine.h"
#include "codecs/picture.h"
#include "imgmill/error.h"
#include "quality/ssimulacra2.h"
#include "transform/icc_light.h"

namespace imgmill::quality {

/// One frame or several of the same size. Not thread-safe.
class SeenFrames {
 public:
  /// The colours of `picture` in a form that the metric supports. All its pixels are read into
  /// memory, unless they are `on_demand`; those that take more than tables and a matrix are
  /// converted there. Errors: bad_input.
  [[nodiscard]] static Result<SeenFrames> of(const Picture& picture);

  [[nodiscard]] double pixels() const { return 1.0 * image_.width() * image_.height(); }
  [[nodiscard]] std::uint32_t width() const { return static_cast<std::uint32_t>(image_.width()); }
  [[nodiscard]] std::uint32_t height() const {
    return static_cast<std::uint32_t>(image_.height()) / count_;
  }

  /// Returns frame `index`. Valid as long as this, also when it is moved.
  [[nodiscard]] PixelView view(std::uint32_t index) const;

  /// Returns look(view(index)). Errors: those of `look`; bad_input (pixels cannot be computed).
  template <typename Look>
  auto look_at(std::uint32_t index, const Look& look) const -> decltype(look(PixelView{})) {
    auto found = with_engine(ErrorCode::bad_input, "the pixels could not be read",
                             [&] { return look(view(index)); });
    if (!found) return std::unexpected(std::move(found).error());
    return *std::move(found);
  }

  /// Returns frame `index` in the upper left corner, continued by its mirror images to the right
  /// and below, up to `side` pixels. Errors: bad_input.
  [[nodiscard]] Result<SeenFrames> amid_mirrors(std::uint32_t index, int side) const;

 private:
  enum class Pixels { in_memory, on_demand };
  SeenFrames(vips::VImage image, std::uint32_t count) : image_(std::move(image)), count_(count) {}
  // One frame.
  SeenFrames(vips::VImage image, Pixels pixels, std::optional<IccLight> light);

  vips::VImage image_;  ///< frames stacked vertically
  std::uint32_t count_;
  std::optional<IccLight> light_;    ///< how the only frame is converted while it is read
  std::unique_ptr<PixelRows> rows_;  ///< of the only frame, if it is not in memory as it is
};

}  // namespace imgmill::quality
