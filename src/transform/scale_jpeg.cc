#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "base/try.h"
#include "codecs/jpeg.h"
#include "jpeg/reader.h"
#include "transform/pixel_rows.h"
#include "transform/resample.h"
#include "transform/scale.h"

namespace imgmill {
namespace {

/// Resizes one plane on its way from the file to the picture.
class ScaledPlane {
 public:
  /// `width` and `height`: size of the picture in samples of the first plane.
  ScaledPlane(const jpeg::PlaneReader::Plane& plane, const jpeg::PlaneReader::Plane& first,
              double width, double height, Extent extent, const Resize& how)
      : across_({.samples = first.width,
                 .length = width,
                 .wanted = extent.width,
                 .halvings = plane.across,
                 .filter = how.filter,
                 .sharpen = how.sharpen / 100.0}),
        down_({.samples = first.height,
               .length = height,
               .wanted = extent.height,
               .halvings = plane.down,
               .filter = how.filter,
               .sharpen = how.sharpen / 100.0}),
        resampler_(across_, down_),
        stride_(row_distance(plane.width)),
        row_(extent.width) {}

  /// Adds the rows in `plane`.
  void add(const jpeg::PlaneReader::Plane& plane) {
    band_.resize(stride_ * plane.count);
    for (std::uint32_t y = 0; y < plane.count; ++y) {
      numbers_of(plane.rows + y * plane.stride, plane.width, band_.data() + y * stride_);
    }
    resampler_.push(band_.data(), stride_, plane.count);
    while (resampler_.pull(row_.data())) ready_.insert(ready_.end(), row_.begin(), row_.end());
  }

  [[nodiscard]] std::size_t ready() const { return ready_.size() / row_.size(); }
  [[nodiscard]] const float* row(std::size_t index) const {
    return ready_.data() + index * row_.size();
  }
  void drop(std::size_t rows) {
    ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(rows * row_.size()));
  }

 private:
  Plan across_;
  Plan down_;
  Resampler<float> resampler_;
  std::size_t stride_;
  std::vector<float> band_;
  std::vector<float> row_;
  std::vector<float> ready_;  // new rows that wait for the other planes
};

int dct_shrink(const jpeg::Header& header, Extent extent) {
  int shrink = 1;
  while (shrink < 8 && header.width / (2.0 * shrink) >= 2.0 * extent.width &&
         header.height / (2.0 * shrink) >= 2.0 * extent.height) {
    shrink *= 2;
  }
  return shrink;
}

}  // namespace

Result<Picture> scaled_jpeg(ByteView input, ByteView profile, Extent extent, const Resize& how,
                            DctScaling dct) {
  if (how.light != ResizeLight::coded || how.filter == ResizeFilter::nearest) {
    return fail(ErrorCode::unsupported, "only the picture as a whole can be scaled so");
  }
  IMGMILL_TRY(const jpeg::Header header, jpeg::read_header(input));
  const int shrink = dct == DctScaling::none ? 1 : dct_shrink(header, extent);
  IMGMILL_TRY(jpeg::PlaneReader reader, jpeg::PlaneReader::open(input, shrink));

  std::vector<std::unique_ptr<ScaledPlane>> planes;
  for (const jpeg::PlaneReader::Plane& plane : reader.planes()) {
    planes.push_back(std::make_unique<ScaledPlane>(
        plane, reader.planes().front(), static_cast<double>(header.width) / shrink,
        static_cast<double>(header.height) / shrink, extent, how));
  }
  jpeg::Pixels out{.width = extent.width,
                   .height = extent.height,
                   .channels = static_cast<int>(planes.size()),
                   .dots_per_mm = reader.dots_per_mm()};
  const std::size_t row_bytes = std::size_t{extent.width} * planes.size();
  std::unique_ptr<unsigned char, decltype(&std::free)> samples(
      static_cast<unsigned char*>(std::malloc(row_bytes * extent.height)), &std::free);
  if (samples == nullptr) throw std::bad_alloc();

  unsigned char* row = samples.get();
  for (;;) {
    IMGMILL_TRY(const bool more, reader.next());
    if (!more) break;
    std::size_t ready = SIZE_MAX;
    for (std::size_t i = 0; i < planes.size(); ++i) {
      planes[i]->add(reader.planes()[i]);
      ready = std::min(ready, planes[i]->ready());
    }
    for (std::size_t y = 0; y < ready; ++y, row += row_bytes) {
      if (planes.size() == 1) {
        samples_of(planes[0]->row(y), extent.width, row);
      } else {
        rgb_of_ycc(planes[0]->row(y), planes[1]->row(y), planes[2]->row(y), extent.width, row);
      }
    }
    for (auto& plane : planes) plane->drop(ready);
  }
  // Uninitialized memory must never become a picture.
  if (row != samples.get() + row_bytes * extent.height) {
    return fail(ErrorCode::internal, "the scaled planes have not as many rows as the picture",
                "please report this with the image");
  }
  out.samples = samples.release();
  return picture_of(out, profile);
}

}  // namespace imgmill
