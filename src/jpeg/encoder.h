// JPEG files of a quality: from samples, or from other JPEG files without decoding them.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "jpeg/forward.h"
#include "jpeg/planes.h"
#include "jpeg/scan_script.h"

namespace imgmill::jpeg {

/// How much thought goes into a file.
enum class Care {
  quick,    ///< levels are rounded
  weighed,  ///< levels are weighed against their bits
  /// And all of the picture is looked at for choosing scans; luma of samples makes up for chroma
  /// that is halved.
  thorough,
};

struct EncoderSettings {
  double quality = 80;  ///< 1..100
  Care care = Care::weighed;
  /// Whether chroma that has the resolution of luma loses half of it; nothing: where, at that
  /// quality, little of it would be seen.
  std::optional<bool> halve_chroma;
};

/// `source` with the steps of a quality. Planes of a file keep steps that are coarser already.
/// Segments come along. Throws std::bad_alloc.
[[nodiscard]] Picture requantised(const Picture& source, const EncoderSettings& settings);

/// A picture that gets steps more than once: what does not depend on their quality is done once.
/// Not to be used by two threads at once.
class Coarsener {
 public:
  /// `source` must live as long as this.
  explicit Coarsener(const Picture& source) : source_(&source) {}
  /// What requantised() gives. Throws std::bad_alloc.
  [[nodiscard]] Picture requantised(const EncoderSettings& settings);

 private:
  [[nodiscard]] const Plane& halved_chroma(std::size_t index, bool across, bool down);

  const Picture* source_;
  std::array<std::optional<Plane>, 2> halved_;  ///< the second and third plane, once asked for
};

/// `source`, not quantised yet, with the steps and the chroma resolution of `model`, levels
/// rounded: what a plain encoder with its tables makes. Both have the same kind of planes.
[[nodiscard]] Picture quantised_like(const Picture& source, const Picture& model);

/// The whole way: requantised() and write_jpeg(). Errors: as write_jpeg(). Thread-safe.
[[nodiscard]] Result<Buffer> encode_jpeg(const Picture& source, const EncoderSettings& settings);
/// The same for samples, whose file gets `segments`.
[[nodiscard]] Result<Buffer> encode_jpeg(const Samples& samples, const EncoderSettings& settings,
                                         std::vector<Segment> segments = {});
/// How thoroughly write_jpeg() looks for scans.
[[nodiscard]] ScanSearch scan_search(Care care);

/// The same for samples. Keeps some seven bytes a pixel. Not to be used by two threads at once.
class SamplesEncoder {
 public:
  /// `samples` must live as long as this. Throws std::bad_alloc.
  SamplesEncoder(const Samples& samples, std::vector<Segment> segments);
  /// What encode_jpeg() writes. Throws std::bad_alloc.
  [[nodiscard]] Picture quantised(const EncoderSettings& settings);

 private:
  /// Not quantised yet. Stays where it is.
  struct Coefficients {
    explicit Coefficients(Picture made) : picture(std::move(made)), coarsener(picture) {}
    Picture picture;
    Coarsener coarsener;
  };

  Samples samples_;
  std::unique_ptr<Coefficients> own_;
  std::unique_ptr<Coefficients> sharp_;  ///< luma corrected for halved chroma
};

/// Makes sure that `file` holds `picture`. Errors: internal, when it does not.
[[nodiscard]] Result<void> check_jpeg(ByteView file, const Picture& picture);

/// The same picture in fewer bytes: other codes and scans, never more than jpegtran's with
/// -optimize -progressive. Errors: as read_picture() and write_jpeg().
[[nodiscard]] Result<Buffer> repack_jpeg(ByteView input, Care care = Care::weighed);

}  // namespace imgmill::jpeg
