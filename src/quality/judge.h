// Scores the similarity of decoded pictures from any codec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "codecs/picture.h"
#include "codecs/scenes.h"
#include "imgmill/error.h"
#include "quality/psnr.h"
#include "quality/seen_frames.h"
#include "quality/ssimulacra2.h"

namespace imgmill {

/// What surrounds a picture while it is scored.
enum class Context {
  none,      ///< nothing: scores are those of the metric's reference program
  mirrored,  ///< its own mirror images, if it is so small that it `lacks_scales`
};

/// True if a picture of this size has fewer than the metric's six scales: if a side is under 113
/// pixels. The reference program then applies weights fitted for other scales and colours, and its
/// scores mean little: a grey thumbnail at 19 dB scored 80, one in colour at 37 dB scored -32. If
/// the picture is extended by mirror images to 128 pixels per side, it has all scales with their
/// own weights, and scores mean the same as for large pictures (docs/adr/0020-small-pictures.md).
[[nodiscard]] bool lacks_scales(std::uint32_t width, std::uint32_t height);

/// The criteria in a search for the smallest acceptable candidate.
struct Rating {
  double score = 100;            ///< SSIMULACRA 2.1, with mirror images if scales are lacking
  double psnr = psnr_of_equals;  ///< dB, of the frames without mirror images; see psnr()

  /// The highest target that the candidate satisfies. This is its score, unless its PSNR is too low
  /// for any picture that deserves that score: a target of 80 requires 31 dB, and one dB more for
  /// each four points. This limits no photograph (Kodak's worst has 33 dB at 80), but it does limit
  /// text and icons in strong colours, and noise.
  [[nodiscard]] double reaches() const;
  /// The PSNR in dB above which only `score` matters.
  [[nodiscard]] double needed_psnr() const;
};

/// One original, compared with any number of candidates.
///
/// Colours are interpreted according to each picture's own profile, and compared as linear light in
/// sRGB primaries, unclipped. 16 bits are not reduced to 8, unless the original has 8: a candidate
/// with more bits (10-bit AVIF) is then rounded, as most screens and programs show it. Of an
/// animation, up to `most_frames` scenes (a scene lasts until the picture changes), evenly spaced
/// and including the first and the last, are each compared with what the other file shows at the
/// middle of the scene, and the worst score counts; if the durations differ but the numbers of
/// scenes agree, scenes are compared by index. Transparent pictures are scored on a dark and on a
/// bright background, and the worse score counts.
///
/// Not thread-safe.
class Judge {
 public:
  static constexpr std::uint32_t most_frames = 5;

  /// Reads all pixels of `original`, and keeps them along with the metric's data, some 12 bytes per
  /// pixel and frame; of a `large_picture` some 9, and 6 if it is `on_demand`. Errors: bad_input
  /// (reading the pixels failed). Throws std::bad_alloc.
  /// `sample`: indexes of the scenes to compare; empty: evenly spaced.
  [[nodiscard]] static Result<Judge> create(const Picture& original,
                                            Context context = Context::none,
                                            std::vector<std::size_t> sample = {});

  /// Errors: bad_input: the pixels cannot be read; usage: the size differs from the original's;
  /// unsupported: an animation of another length. With Context::mirrored, `detail` includes the
  /// mirror images.
  [[nodiscard]] Result<Similarity> score(const Picture& candidate, Detail detail = Detail::score);

  /// The score and the PSNR that may limit it; for an animation, those of the frame with the lowest
  /// reaches(). Errors: as score().
  [[nodiscard]] Result<Rating> rate(const Picture& candidate);

 private:
  struct Look {
    Scene scene;
    std::size_t index;  ///< index of the scene in the timeline
    Ssimulacra2 metric;
  };
  Judge(TimeLine line, bool of_8_bits, Context context, quality::SeenFrames original,
        std::vector<Look> looks)
      : line_(std::move(line)),
        of_8_bits_(of_8_bits),
        context_(context),
        original_(std::move(original)),
        looks_(std::move(looks)) {}

  // What `candidate` shows at the times of `looks_`.
  [[nodiscard]] Result<quality::SeenFrames> seen_by(const Picture& candidate) const;
  // The same, rounded to 8 bits if the original has 8.
  [[nodiscard]] Result<quality::SeenFrames> comparable(const Picture& candidate) const;

  TimeLine line_;
  bool of_8_bits_;  ///< the original has 8-bit samples
  Context context_;
  quality::SeenFrames original_;  ///< at the times of `looks_`, which may refer to its pixels
  std::vector<Look> looks_;
};

}  // namespace imgmill
