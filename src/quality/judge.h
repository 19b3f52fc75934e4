// How much decoded pictures look alike: the metric, for whatever a codec gives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "codecs/scenes.h"
#include "imgmill/error.h"
#include "quality/ssimulacra2.h"

namespace imgmill {

/// One original that any number of candidates are compared with.
///
/// Colours mean what each picture's own profile says, and are compared as light in sRGB's
/// primaries, unclipped. 16 bits are not cut to 8, unless the original has 8: what has more
/// beside it (AVIF of 10 bits) is then rounded, as most screens and programs show it. CMYK and
/// Lab are seen as a screen would show them. Of an animation up to `most_frames` scenes (what is
/// seen until it changes) are compared with what the other shows in the middle of their time,
/// evenly spaced, the first and the last among them, and the worst one counts; where
/// both take another time, but have as many scenes, scene by scene.
/// Transparency is seen on a dark and on a bright ground, and the worse one counts.
///
/// Not to be used by two threads at once.
class Judge {
 public:
  static constexpr std::uint32_t most_frames = 5;

  /// Reads all pixels of `original` and keeps what the metric needs of them, some 12
  /// bytes a pixel and frame. Errors: bad_input (what reading the pixels brought up).
  /// `sample`: the numbers of the scenes to be looked at; none: evenly spaced. Throws
  /// std::bad_alloc.
  [[nodiscard]] static Result<Judge> create(const Picture& original,
                                            std::vector<std::size_t> sample = {});

  /// Errors: bad_input: the pixels cannot be read; usage: another size than the original's;
  /// unsupported: an animation of another length.
  [[nodiscard]] Result<Similarity> score(const Picture& candidate, Detail detail = Detail::score);

 private:
  struct Look {
    Scene scene;
    std::size_t index;  ///< of the scene in the time line
    Ssimulacra2 metric;
  };
  Judge(TimeLine line, bool of_8_bits, std::vector<Look> looks)
      : line_(std::move(line)), of_8_bits_(of_8_bits), looks_(std::move(looks)) {}

  // What `candidate` shows at the times of `looks_`, one below the other.
  [[nodiscard]] Result<vips::VImage> seen_by(const Picture& candidate) const;

  TimeLine line_;
  bool of_8_bits_;
  std::vector<Look> looks_;
};

}  // namespace imgmill
