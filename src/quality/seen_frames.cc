#include "quality/seen_frames.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/try.h"
#include "transform/transform.h"

namespace imgmill::quality {
namespace {

using vips::VImage;

SampleKind kind_of(const VImage& image) {
  switch (image.format()) {
    case VIPS_FORMAT_UCHAR:
      return SampleKind::srgb8;
    case VIPS_FORMAT_USHORT:
      return SampleKind::srgb16;
    default:
      return SampleKind::linear;
  }
}

// Rows of an image that is computed on demand, in bands.
class RowsOnDemand final : public PixelRows {
 public:
  explicit RowsOnDemand(const VImage& image)
      : region_(vips_region_new(image.get_image())), height_(image.height()) {
    if (region_ == nullptr) throw vips::VError();
  }
  ~RowsOnDemand() override { g_object_unref(region_); }
  RowsOnDemand(const RowsOnDemand&) = delete;
  RowsOnDemand& operator=(const RowsOnDemand&) = delete;

  const std::byte* row(std::size_t y, std::size_t left, std::size_t count) override {
    const VipsRect wanted{.left = static_cast<int>(left),
                          .top = static_cast<int>(y),
                          .width = static_cast<int>(count),
                          .height = 1};
    if (vips_rect_includesrect(&region_->valid, &wanted) == 0) {
      VipsRect band = wanted;
      band.top -= band.top % band_rows;
      band.height = std::min(band_rows, height_ - band.top);
      if (vips_region_prepare(region_, &band) != 0) throw vips::VError();
    }
    return reinterpret_cast<const std::byte*>(VIPS_REGION_ADDR(region_, wanted.left, wanted.top));
  }

 private:
  static constexpr int band_rows = 16;
  VipsRegion* region_;
  int height_;
};

// Rows of an image in memory.
class RowsInMemory final : public PixelRows {
 public:
  explicit RowsInMemory(VImage image) : image_(std::move(image)) {}
  const std::byte* row(std::size_t y, std::size_t left, std::size_t /*count*/) override {
    return reinterpret_cast<const std::byte*>(
        VIPS_IMAGE_ADDR(image_.get_image(), static_cast<int>(left), static_cast<int>(y)));
  }

 private:
  VImage image_;
};

// Rows of 8-bit samples as linear light.
class LightRows final : public PixelRows {
 public:
  LightRows(std::unique_ptr<PixelRows> coded, const IccLight& light)
      : coded_(std::move(coded)),
        channels_(light.channels),
        tables_(light.tables),
        mix_(light.mix) {}

  const std::byte* row(std::size_t y, std::size_t left, std::size_t count) override {
    const auto* from = reinterpret_cast<const std::uint8_t*>(coded_->row(y, left, count));
    buffer_.resize(count * channels_);
    float* to = buffer_.data();
    if (channels_ == 1) {
      for (std::size_t x = 0; x < count; ++x) to[x] = tables_[from[x]];
    } else {
      for (std::size_t x = 0; x < count; ++x, from += 3, to += 3) {
        // In double precision, since rounding matters where hardly anything differs.
        const double red = tables_[3 * std::size_t{from[0]}];
        const double green = tables_[3 * std::size_t{from[1]} + 1];
        const double blue = tables_[3 * std::size_t{from[2]} + 2];
        for (std::size_t c = 0; c < 3; ++c) {
          to[c] = static_cast<float>(mix_[3 * c] * red + mix_[3 * c + 1] * green +
                                     mix_[3 * c + 2] * blue);
        }
      }
    }
    return reinterpret_cast<const std::byte*>(buffer_.data());
  }

 private:
  std::unique_ptr<PixelRows> coded_;
  std::size_t channels_;
  std::vector<float> tables_;
  std::array<double, 9> mix_;
  std::vector<float> buffer_;
};

}  // namespace

SeenFrames::SeenFrames(VImage image, Pixels pixels, std::optional<IccLight> light)
    : image_(std::move(image)), count_(1), light_(std::move(light)) {
  if (pixels == Pixels::on_demand) rows_ = std::make_unique<RowsOnDemand>(image_);
  if (!light_) return;
  if (rows_ == nullptr) rows_ = std::make_unique<RowsInMemory>(image_);
  rows_ = std::make_unique<LightRows>(std::move(rows_), *light_);
}

Result<SeenFrames> SeenFrames::of(const Picture& picture) {
  const bool one = picture.frames == 1;
  std::optional<IccLight> light = one ? light_by_tables(picture) : std::nullopt;
  Picture seen = picture;
  if (!light) {
    IMGMILL_TRY(seen, as_light(picture));
  }
  return with_engine(ErrorCode::bad_input, "the pixels could not be read", [&] {
    if (!one) return SeenFrames(seen.image.copy_memory(), picture.frames);
    const bool as_it_is = seen.image.get_image() == picture.image.get_image();
    return picture.on_demand && as_it_is
               ? SeenFrames(seen.image, Pixels::on_demand, std::move(light))
               : SeenFrames(seen.image.copy_memory(), Pixels::in_memory, std::move(light));
  });
}

PixelView SeenFrames::view(std::uint32_t index) const {
  PixelView view{.width = width(),
                 .height = height(),
                 .channels = image_.bands(),
                 .kind = light_ ? SampleKind::linear : kind_of(image_),
                 .rows = rows_.get()};
  if (rows_ != nullptr) return view;
  VipsImage* const raw = image_.get_image();
  view.row_bytes = VIPS_IMAGE_SIZEOF_LINE(raw);
  view.samples = VIPS_IMAGE_ADDR(raw, 0, static_cast<int>(index * height()));
  return view;
}

Result<SeenFrames> SeenFrames::amid_mirrors(std::uint32_t index, int side) const {
  return with_engine(ErrorCode::bad_input, "the pixels could not be read", [&] {
    const int frame_height = static_cast<int>(height());
    return SeenFrames(
        image_.crop(0, static_cast<int>(index) * frame_height, image_.width(), frame_height)
            .embed(0, 0, std::max(image_.width(), side), std::max(frame_height, side),
                   VImage::option()->set("extend", VIPS_EXTEND_MIRROR))
            .copy_memory(),
        Pixels::in_memory, light_);
  });
}

}  // namespace imgmill::quality
