#include "quality/seen_frames.h"

#include <algorithm>
#include <utility>

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

}  // namespace

Result<SeenFrames> SeenFrames::of(const Picture& picture) {
  IMGMILL_TRY(const Picture seen, as_light(picture));
  return with_engine(ErrorCode::bad_input, "the pixels could not be read", [&] {
    const bool as_it_is = seen.image.get_image() == picture.image.get_image();
    if (!picture.on_demand || !as_it_is || picture.frames > 1) {
      return SeenFrames(seen.image.copy_memory(), picture.frames);
    }
    return SeenFrames(seen.image, 1, std::make_unique<RowsOnDemand>(seen.image));
  });
}

PixelView SeenFrames::view(std::uint32_t index) const {
  PixelView view{.width = width(),
                 .height = height(),
                 .channels = image_.bands(),
                 .kind = kind_of(image_),
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
        1);
  });
}

}  // namespace imgmill::quality
