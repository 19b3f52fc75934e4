// SSIMULACRA 2.1, a perceptual metric for the similarity of two pictures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "imgmill/error.h"

namespace imgmill {

/// The meaning of sample values.
enum class SampleKind {
  srgb8,   ///< std::uint8_t, sRGB's curve, 255 = white
  srgb16,  ///< std::uint16_t, sRGB's curve, 65535 = white
  linear,  ///< float, linear light in sRGB primaries, 1 = white; may exceed 0..1
};

/// Pixels that are not in memory as a whole.
class PixelRows {
 public:
  virtual ~PixelRows() = default;
  /// The address of pixel `left` of row `y`, followed by at least `count` pixels; valid until the
  /// next call. Fast if the same columns are requested row by row. Throws std::exception.
  [[nodiscard]] virtual const std::byte* row(std::size_t y, std::size_t left,
                                             std::size_t count) = 0;
};

/// The pixels of one frame, interleaved, in rows from top to bottom. Refers to the caller's memory.
struct PixelView {
  const void* samples = nullptr;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /// 1: grey, 2: grey and alpha, 3: RGB, 4: RGB and alpha. Alpha is linear coverage (255, 65535 or
  /// 1 = opaque); colours are not premultiplied.
  int channels = 3;
  SampleKind kind = SampleKind::srgb8;
  std::size_t row_bytes = 0;  ///< from one row to the next
  PixelRows* rows = nullptr;  ///< if set, where the pixels come from, instead of `samples`
};

/// The spatial distribution of differences, in square cells of `side` pixels; those at the right
/// and lower edge may be smaller.
struct LocalScores {
  static constexpr std::uint32_t side = 8;
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  /// The weighted error of each cell, row by row: 0 where nothing differs, on the scale of the
  /// metric's inner sum (so that their mean is about that of the picture).
  std::vector<float> errors;
};

/// A square of the picture, and the score it would have if it were the whole picture.
struct Tile {
  std::uint32_t left = 0, top = 0, width = 0, height = 0;  ///< pixels
  double score = 100;
};

struct Similarity {
  double score = 100;       ///< at most 100; may be far below 0
  std::uint32_t frame = 0;  ///< index of the frame in an animation, from 0
  /// Only with Detail::local.
  LocalScores local;
  Tile worst;  ///< the worst tile of 64 pixels per side (or the whole of a smaller picture)
};

enum class Detail { score, local };

/// The data about the original that a metric keeps between comparisons.
enum class Kept {
  all,
  /// Its colours at the small scales; all else is computed again for each comparison. A third of
  /// the memory, which is not kept for the next metric. The original's pixels must outlive this
  /// one.
  little,
};

/// One original, preprocessed once and compared with any number of candidates.
///
/// The metric and its constants are Jon Sneyers's (Cloudinary, "SSIMULACRA 2", version 2.1 of April
/// 2023, https://github.com/cloudinary/ssimulacra2). Both pictures are converted to XYB colours at
/// six scales, each half of the previous one in linear light. At each scale and for each colour
/// channel, three error maps are computed: of structure (SSIM over a Gaussian of sigma 1.5, without
/// its luminance denominator), of edges that the candidate adds and of edges that it loses. The
/// score is a weighted, nonlinear combination of their means and fourth-power means. 100: equal;
/// 90: no visible difference; 70: hard to see without the original; 50: visible to most; 10: very
/// bad.
///
/// Identical pixels score exactly 100. Scores are within 0.05 of the reference program's (which
/// vary by about that much with its own rounding), up to 0.1 for pictures with large transparent
/// areas, and within 0.001 across all instruction sets.
///
/// - Alpha: if either side has a pixel that is not opaque, both are composited on a dark and on a
///   bright grey (0.1 and 0.9 of the sRGB range, blended as coded on its curve, whatever the sample
///   type) and the worse score counts, with its errors.
/// - Small pictures: with a side under 8 pixels both are enlarged, each pixel to a square, by the
///   smallest factor that gives both sides 8. Errors and tiles are given in pixels of the original
///   picture. If a side is under 113 pixels there are fewer than six scales, and scores, like the
///   reference program's, mean little: see Context in judge.h for a remedy.
/// - Light that is not finite counts as 0. Other values are clamped to -100..100, and XYB to the
///   range of Rec. 2020 extended by half: differences beyond that are not detected.
///
/// Keeps about 6 bytes per pixel, twice that with transparency, plus 2 bytes of scratch memory; 3
/// in all with Kept::little. All of it is allocated by prepare(). The thread that destroys a metric
/// keeps up to 128 MiB of this memory for its next one. Detail::local takes about one more byte per
/// pixel while it runs, and twice the time.
///
/// Not thread-safe.
class Ssimulacra2 {
 public:
  /// Reads all pixels of `original`; they are not needed afterwards, unless `kept` says so.
  /// Pictures that are transparent or that lack scales keep all. Errors: usage (no pixels,
  /// impossible channels or rows); limit (a side under 8 pixels, and more than 2^28 pixels once
  /// enlarged). Throws std::bad_alloc, and what `PixelRows` throw.
  [[nodiscard]] static Result<Ssimulacra2> prepare(const PixelView& original,
                                                   Kept kept = Kept::all);

  /// Reads all pixels of `candidate`. Errors: usage: size differs from the original's, impossible
  /// channels or rows. Throws std::bad_alloc (with Detail::local), and what `PixelRows` throw.
  [[nodiscard]] Result<Similarity> compare(const PixelView& candidate,
                                           Detail detail = Detail::score);

  Ssimulacra2(Ssimulacra2&&) noexcept;
  Ssimulacra2& operator=(Ssimulacra2&&) noexcept;
  ~Ssimulacra2();

 private:
  struct State;
  explicit Ssimulacra2(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The score in simple, slow C++: the reference for testing the fast implementation. Some 40 times
/// slower; takes 80 bytes per pixel. Errors as above. Thread-safe.
[[nodiscard]] Result<double> ssimulacra2_reference(const PixelView& original,
                                                   const PixelView& candidate);

/// The instruction sets that the fast implementation was built for and this machine supports, best
/// first ("AVX3_DL", "AVX2", "SSE4", ...).
[[nodiscard]] std::vector<std::string_view> simd_targets();

}  // namespace imgmill
