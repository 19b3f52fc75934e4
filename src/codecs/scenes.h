// The visible content of animations over time, independent of how it is split into frames.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/try.h"
#include "codecs/picture.h"
#include "imgmill/error.h"

namespace imgmill {

/// One picture and the time during which it is shown. Pages, which have no time, get 1 ms each.
struct Scene {
  std::uint32_t frame = 0;  ///< the first frame that shows it
  std::int64_t begin = 0;   ///< milliseconds from the start of the animation
  std::int64_t end = 0;
};

/// Iterates over a picture's frames and merges identical neighbours into one scene: encoders merge
/// frames, and add others to show a picture for longer than a frame can last. Colours of fully
/// transparent pixels are ignored. Two frames are in memory at a time. Not thread-safe.
class SceneReader {
 public:
  /// Keeps the picture. Sequential pictures can be read once.
  explicit SceneReader(const Picture& picture);
  SceneReader(const SceneReader&) = delete;
  SceneReader& operator=(const SceneReader&) = delete;
  ~SceneReader();

  /// Returns the next scene; none at the end. Throws as libvips's C++ interface does.
  std::optional<Scene> next();
  /// True if next() has returned all scenes.
  [[nodiscard]] bool at_end() const { return next_ == frames_; }
  /// The pixels of the last scene from next(), rows contiguous; valid until the next call.
  [[nodiscard]] const std::vector<std::uint8_t>& pixels() const { return pixels_; }

 private:
  void read(std::uint32_t frame, std::vector<std::uint8_t>& into);

  vips::VImage image_;
  std::uint32_t frames_;
  std::vector<int> delays_;  ///< empty: pages
  VipsRegion* region_;
  std::uint32_t next_ = 0;  ///< next frame to read
  std::int64_t time_ = 0;
  std::vector<std::uint8_t> pixels_;
  std::vector<std::uint8_t> ahead_;  ///< frame `next_`, if already read
};

/// All scenes, and how often they play.
struct TimeLine {
  std::vector<Scene> scenes;  ///< at least one
  int plays = 1;              ///< 0: forever

  /// Returns the duration of one play, milliseconds.
  [[nodiscard]] std::int64_t length() const { return scenes.back().end; }
  /// Returns the scene shown at `time`; from its begin on, the last one.
  [[nodiscard]] const Scene& at(std::int64_t time) const;
};

/// Reads all pixels of `picture`. Errors: bad_input.
[[nodiscard]] Result<TimeLine> time_line(const Picture& picture);

/// True if the frames are an animation rather than pages or a single image.
[[nodiscard]] bool moves(const Picture& picture);
/// Returns how often the frames play, 0 for forever; 1 for anything but an animation.
[[nodiscard]] int plays_of(const Picture& picture);

}  // namespace imgmill
