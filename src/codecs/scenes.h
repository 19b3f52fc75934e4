// What animations show over time, however many frames they say it with.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/try.h"
#include "codecs/picture.h"
#include "imgmill/error.h"

namespace imgmill {

/// One picture for as long as it is seen. Pages, which have no time, are 1 ms each.
struct Scene {
  std::uint32_t frame = 0;  ///< the first of those that show it
  std::int64_t begin = 0;   ///< milliseconds from the start of a play
  std::int64_t end = 0;
};

/// Goes through a picture from its first frame to its last one, and takes neighbours that look the
/// same for one scene: encoders merge frames, and add others to hold a picture for longer than a
/// frame can last. Colours that full transparency hides do not count. Two frames are in memory at
/// a time. Not to be used by two threads at once.
class SceneReader {
 public:
  /// Keeps the picture; sequential ones can be gone through once.
  explicit SceneReader(const Picture& picture);
  SceneReader(const SceneReader&) = delete;
  SceneReader& operator=(const SceneReader&) = delete;
  ~SceneReader();

  /// The next scene; nothing at the end. Throws as libvips's C++ interface does.
  std::optional<Scene> next();
  /// Whether next() has given all scenes.
  [[nodiscard]] bool at_end() const { return next_ == frames_; }
  /// The pixels of the scene that next() gave last, rows without gaps; until the next call.
  [[nodiscard]] const std::vector<std::uint8_t>& pixels() const { return pixels_; }

 private:
  void read(std::uint32_t frame, std::vector<std::uint8_t>& into);

  vips::VImage image_;
  std::uint32_t frames_;
  std::vector<int> delays_;  ///< none: pages
  VipsRegion* region_;
  std::uint32_t next_ = 0;  ///< frame to be read
  std::int64_t time_ = 0;
  std::vector<std::uint8_t> pixels_;
  std::vector<std::uint8_t> ahead_;  ///< frame `next_`, where it has been read already
};

/// All scenes and how often they play.
struct TimeLine {
  std::vector<Scene> scenes;  ///< at least one
  int plays = 1;              ///< 0: for ever

  /// Of one play, milliseconds.
  [[nodiscard]] std::int64_t length() const { return scenes.back().end; }
  /// Which scene is seen at `time`; the last one from its begin on.
  [[nodiscard]] const Scene& at(std::int64_t time) const;
};

/// Reads all pixels of `picture`. Errors: bad_input.
[[nodiscard]] Result<TimeLine> time_line(const Picture& picture);

/// Whether the frames are an animation's, rather than pages or a single one.
[[nodiscard]] bool moves(const Picture& picture);
/// How often the frames play, 0 for ever; 1 for what does not move.
[[nodiscard]] int plays_of(const Picture& picture);

}  // namespace imgmill
