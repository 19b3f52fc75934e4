// How much decoded pictures look alike: the metric, for whatever a codec gives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "codecs/picture.h"
#include "codecs/scenes.h"
#include "imgmill/error.h"
#include "quality/psnr.h"
#include "quality/ssimulacra2.h"

namespace imgmill {

/// What lies around a picture while it is judged.
enum class Context {
  none,      ///< nothing: scores are those of the metric's reference program
  mirrored,  ///< its own mirror images, where it is so small that it `lacks_scales`
};

/// Whether a picture of this size has fewer than the metric's six scales: with a side under 113
/// pixels. The reference program then takes the weights of other scales and colours, and what comes
/// out says little: a grey thumbnail at 19 dB scored 80, one in colours at 37 dB -32. Amid mirror
/// images up to 128 pixels a side it has all scales with their own weights, and scores mean what
/// they mean of large pictures (docs/adr/0020-small-pictures.md).
[[nodiscard]] bool lacks_scales(std::uint32_t width, std::uint32_t height);

/// What a search for the smallest acceptable candidate goes by.
struct Rating {
  double score = 100;            ///< SSIMULACRA 2.1, amid mirror images where scales lack
  double psnr = psnr_of_equals;  ///< dB, of the frames as they are; see psnr()

  /// The highest target that the candidate may be taken for. That is its score, unless single
  /// pixels are further off than any picture is that scores so much by right: at a target of 80, 31
  /// dB are asked for, and one more for each four points. No photograph is held up by that (Kodak's
  /// worst has 33 dB at 80); text and icons in strong colours are, and noise.
  [[nodiscard]] double reaches() const;
  /// The ratio from which on `score` is all that counts, dB.
  [[nodiscard]] double needed_psnr() const;
};

/// One original that any number of candidates are compared with.
///
/// Colours mean what each picture's own profile says, and are compared as light in sRGB's
/// primaries, unclipped. 16 bits are not cut to 8, unless the original has 8: what has more
/// beside it (AVIF of 10 bits) is then rounded, as most screens and programs show it. Of an
/// animation up to `most_frames` scenes (what is seen until it changes) are compared with what the
/// other shows in the middle of their time, evenly spaced, the first and the last among them, and
/// the worst one counts; where both take another time, but have as many scenes, scene by scene.
/// Transparency is seen on a dark and on a bright ground, and the worse one counts.
///
/// Not to be used by two threads at once.
class Judge {
 public:
  static constexpr std::uint32_t most_frames = 5;

  /// Reads all pixels of `original` and keeps what the metric needs of them, some 12
  /// bytes a pixel and frame, and the pixels. Errors: bad_input (what reading the pixels brought
  /// up). Throws std::bad_alloc.
  /// `sample`: the numbers of the scenes to be looked at; none: evenly spaced.
  [[nodiscard]] static Result<Judge> create(const Picture& original,
                                            Context context = Context::none,
                                            std::vector<std::size_t> sample = {});

  /// Errors: bad_input: the pixels cannot be read; usage: another size than the original's;
  /// unsupported: an animation of another length. With Context::mirrored, `detail` is of the mirror
  /// images, too.
  [[nodiscard]] Result<Similarity> score(const Picture& candidate, Detail detail = Detail::score);

  /// The score and what may stand against it; of an animation, of the frame that reaches least.
  /// Errors: as score().
  [[nodiscard]] Result<Rating> rate(const Picture& candidate);

 private:
  struct Look {
    Scene scene;
    std::size_t index;  ///< of the scene in the time line
    Ssimulacra2 metric;
  };
  Judge(TimeLine line, bool of_8_bits, Context context, vips::VImage original,
        std::vector<Look> looks)
      : line_(std::move(line)),
        of_8_bits_(of_8_bits),
        context_(context),
        original_(std::move(original)),
        looks_(std::move(looks)) {}

  // What `candidate` shows at the times of `looks_`, one below the other.
  [[nodiscard]] Result<vips::VImage> seen_by(const Picture& candidate) const;
  // The same, with as many bits as the original has.
  [[nodiscard]] Result<vips::VImage> comparable(const Picture& candidate) const;

  TimeLine line_;
  bool of_8_bits_;  ///< the original's own numbers
  Context context_;
  vips::VImage original_;  ///< in memory: what it shows at the times of `looks_`
  std::vector<Look> looks_;
};

}  // namespace imgmill
