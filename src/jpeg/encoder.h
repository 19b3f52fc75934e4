// Encodes JPEG files at a given quality: from samples, or from other JPEG files without decoding
// them.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "jpeg/forward.h"
#include "jpeg/planes.h"
#include "jpeg/scan_script.h"

namespace imgmill::jpeg {

/// Encoder effort.
enum class CodingEffort {
  quick,    ///< levels are rounded
  weighed,  ///< levels are chosen by rate-distortion optimization
  /// Also considers the whole picture when choosing scans; luma from samples is corrected for
  /// chroma subsampling.
  thorough,
};

struct EncoderSettings {
  double quality = 80;  ///< 1..100
  CodingEffort effort = CodingEffort::weighed;
  /// True: subsample chroma that has the resolution of luma. Empty: only if, at that quality,
  /// little of the loss would be visible.
  std::optional<bool> halve_chroma;
};

/// `source` quantised with the steps of a quality. Planes of a file keep steps that are already
/// coarser. Segments are copied. Throws std::bad_alloc.
[[nodiscard]] Picture requantised(const Picture& source, const EncoderSettings& settings);

/// Quantises one picture repeatedly; work that does not depend on the quality is done once. Not
/// thread-safe.
class Coarsener {
 public:
  /// `source` must outlive this.
  explicit Coarsener(const Picture& source) : source_(&source) {}
  /// Returns the same as the function above. Throws std::bad_alloc.
  [[nodiscard]] Picture requantised(const EncoderSettings& settings);

 private:
  [[nodiscard]] const Plane& halved_chroma(std::size_t index, bool across, bool down);

  const Picture* source_;
  std::array<std::optional<Plane>, 2> halved_;  ///< the second and third plane, computed on demand
};

/// The axes of chroma subsampling.
struct Axes {
  bool across = false;
  bool down = false;
};

/// Imitates a simple encoder with the tables and the chroma resolution of a file: levels are
/// rounded. Samples arrive in bands, so that only the result is in memory. Not thread-safe.
class PlainEncoder {
 public:
  static constexpr std::uint32_t band_rows = 64;

  /// For a picture of `width` x `height` pixels with as many channels as `model` has planes. Throws
  /// std::bad_alloc.
  PlainEncoder(std::uint32_t width, std::uint32_t height, const Picture& model);
  /// Takes the next `band_rows` rows, or all that remain. Throws std::bad_alloc.
  void add(const Samples& band);
  /// The picture, once all of its rows have been added.
  [[nodiscard]] Picture take() && { return std::move(made_); }

 private:
  Picture made_;
  std::vector<Axes> halve_;        ///< of each plane
  std::vector<std::size_t> done_;  ///< blocks of each plane
};

/// The complete encoding: requantised() and write_jpeg(). Errors: as write_jpeg(). Thread-safe.
[[nodiscard]] Result<Buffer> encode_jpeg(const Picture& source, const EncoderSettings& settings);
/// The same for samples; writes `segments` into the file.
[[nodiscard]] Result<Buffer> encode_jpeg(const Samples& samples, const EncoderSettings& settings,
                                         std::vector<Segment> segments = {});
/// The scan search that write_jpeg() uses at this effort.
[[nodiscard]] ScanSearch scan_search(CodingEffort effort);

/// The same for samples, for repeated use. Keeps some seven bytes per pixel. Not thread-safe.
class SamplesEncoder {
 public:
  /// `samples` must outlive this. Throws std::bad_alloc.
  SamplesEncoder(const Samples& samples, std::vector<Segment> segments);
  /// The picture that encode_jpeg() writes. Throws std::bad_alloc.
  [[nodiscard]] Picture quantised(const EncoderSettings& settings);

 private:
  /// Not quantised yet. Not movable.
  struct Coefficients {
    explicit Coefficients(Picture made) : picture(std::move(made)), coarsener(picture) {}
    Picture picture;
    Coarsener coarsener;
  };

  Samples samples_;
  std::unique_ptr<Coefficients> own_;
  std::unique_ptr<Coefficients> sharp_;  ///< luma corrected for chroma subsampling
};

/// Verifies that `file` holds `picture`. Errors: internal, if it does not.
[[nodiscard]] Result<void> check_jpeg(ByteView file, const Picture& picture);

/// The same picture in fewer bytes: other codes and scans, never larger than jpegtran's with
/// -optimize -progressive. Errors: as read_picture() and write_jpeg().
[[nodiscard]] Result<Buffer> repack_jpeg(ByteView input,
                                         CodingEffort effort = CodingEffort::weighed);

}  // namespace imgmill::jpeg
