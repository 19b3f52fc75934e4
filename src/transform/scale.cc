#include "transform/scale.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "codecs/engine.h"
#include "transform/icc_light.h"
#include "transform/pixel_rows.h"
#include "transform/resample.h"

namespace imgmill {
namespace {

using vips::VImage;

// Rows read at a time: some 500 KB per channel for a photograph of 12 megapixels.
constexpr int band_rows = 16;

bool is_light_coded(const VImage& image) {
  switch (image.interpretation()) {
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
      return image.format() == VIPS_FORMAT_UCHAR || image.format() == VIPS_FORMAT_USHORT;
    default:
      return false;
  }
}

/// Curves that rise from black to white, as those of real pictures do; nullopt if one does not.
std::optional<std::vector<LightCurve>> curves_of_profile(const VImage& image, std::size_t colours,
                                                         std::size_t samples) {
  const std::optional<IccLight> light = icc_light_of(profile_of(image), samples);
  if (!light || light->channels != colours) return std::nullopt;
  std::vector<LightCurve> curves;
  for (std::size_t c = 0; c < colours; ++c) {
    const auto first = light->tables.begin() + static_cast<std::ptrdiff_t>(c * samples);
    std::vector<double> table(first, first + static_cast<std::ptrdiff_t>(samples));
    if (!std::ranges::is_sorted(table) || !(table.front() >= 0) || !(table.back() > 0.9) ||
        table.back() > 1.001) {
      return std::nullopt;
    }
    curves.push_back(LightCurve::of(std::move(table)));
  }
  return curves;
}

int alpha_of(const Picture& picture) {
  const int bands = picture.image.bands();
  if (picture.extras.empty()) return picture.image.has_alpha() ? bands - 1 : -1;
  const bool leads = picture.extras.front() == ExtraChannel::straight;
  return leads ? bands - static_cast<int>(picture.extras.size()) : -1;
}

PixelRow kind_of(const Picture& picture, ResizeLight light) {
  const VImage& image = picture.image;
  PixelRow kind{.type = image.format() == VIPS_FORMAT_UCHAR    ? SampleType::byte
                        : image.format() == VIPS_FORMAT_USHORT ? SampleType::word
                                                               : SampleType::real,
                .channels = image.bands(),
                .alpha = alpha_of(picture),
                .curves = {}};
  if (light == ResizeLight::linear && is_light_coded(image)) {
    const bool grey = image.bands() < 3 || image.interpretation() == VIPS_INTERPRETATION_B_W ||
                      image.interpretation() == VIPS_INTERPRETATION_GREY16;
    const std::size_t colours = grey ? 1 : 3;
    const std::size_t samples = kind.type == SampleType::byte ? 256 : 65536;
    if (auto curves = curves_of_profile(image, colours, samples)) {
      kind.curves = *std::move(curves);
    } else {
      kind.curves.assign(colours, LightCurve::srgb(samples));
    }
  }
  return kind;
}

void check(int status) {
  if (status != 0) throw vips::VError();
}

/// Reads rows of a picture from top to bottom.
class Rows {
 public:
  explicit Rows(const VImage& image) : image_(image), region_(vips_region_new(image.get_image())) {
    if (region_ == nullptr) throw vips::VError();
  }
  ~Rows() { g_object_unref(region_); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  void read(int top, int count) {
    const VipsRect band{.left = 0, .top = top, .width = image_.width(), .height = count};
    check(vips_region_prepare(region_, &band));
  }
  [[nodiscard]] const void* row(int y) const { return VIPS_REGION_ADDR(region_, 0, y); }

 private:
  VImage image_;
  VipsRegion* region_;
};

/// Planes of numbers, one per channel.
class Planes {
 public:
  Planes(int channels, std::size_t width, std::size_t rows)
      : stride_(row_distance(width)), rows_(rows) {
    numbers_.resize(static_cast<std::size_t>(channels) * rows * stride_);
  }
  [[nodiscard]] std::size_t stride() const { return stride_; }
  [[nodiscard]] double* row(std::size_t channel, std::size_t y) {
    return numbers_.data() + (channel * rows_ + y) * stride_;
  }
  /// Row `y` of each channel.
  [[nodiscard]] std::vector<double*> pixels(std::size_t y) {
    std::vector<double*> rows;
    for (std::size_t at = y * stride_; at < numbers_.size(); at += rows_ * stride_) {
      rows.push_back(numbers_.data() + at);
    }
    return rows;
  }

 private:
  std::size_t stride_;
  std::size_t rows_;
  std::vector<double> numbers_;
};

/// Resizes one frame of `from`, which starts at row `top`, into `to`, starting at row `row`.
void scale_frame(Rows& from, int top, int height, const PixelRow& kind, const Plan& across,
                 const Plan& down, const VImage& to, int row) {
  const auto channels = static_cast<std::size_t>(kind.channels);
  std::vector<Resampler<double>> resamplers;
  for (std::size_t c = 0; c < channels; ++c) resamplers.emplace_back(across, down);
  Planes band(kind.channels, across.samples(), band_rows);
  Planes done(kind.channels, across.wanted(), 1);
  const std::vector<double*> done_row = done.pixels(0);
  for (int y = 0; y < height; y += band_rows) {
    const int count = std::min(band_rows, height - y);
    from.read(top + y, count);
    for (int i = 0; i < count; ++i) {
      take_apart(kind, from.row(top + y + i), across.samples(),
                 band.pixels(static_cast<std::size_t>(i)).data());
    }
    for (std::size_t c = 0; c < channels; ++c) {
      resamplers[c].push(band.row(c, 0), band.stride(), static_cast<std::uint32_t>(count));
    }
    for (;;) {
      bool all = true;
      for (std::size_t c = 0; c < channels; ++c) all = resamplers[c].pull(done_row[c]) && all;
      if (!all) break;
      put_together(kind, done_row.data(), across.wanted(), VIPS_IMAGE_ADDR(to.get_image(), 0, row));
      ++row;
    }
  }
}

/// A picture in memory with all properties of `like` except its size.
VImage new_picture(const VImage& like, int width, int height) {
  VipsImage* raw = vips_image_new_memory();
  const VImage image(raw);  // takes ownership
  check(vips_image_pipelinev(raw, VIPS_DEMAND_STYLE_ANY, like.get_image(), nullptr));
  raw->Xsize = width;
  raw->Ysize = height;
  check(vips_image_write_prepare(raw));
  return image;
}

}  // namespace

Result<Picture> scaled_to(Picture picture, Extent extent, const Resize& how) {
  if (Extent{picture.width(), picture.height()} == extent) return picture;
  return with_engine(ErrorCode::bad_input, "the picture could not be resized", [&] {
    const VipsBandFormat format = picture.image.format();
    PixelRow kind = kind_of(picture, how.light);
    const VImage from =
        kind.type == SampleType::real ? picture.image.cast(VIPS_FORMAT_FLOAT) : picture.image;
    const double sharpen = how.sharpen / 100.0;
    const Plan across({.samples = picture.width(),
                       .length = static_cast<double>(picture.width()),
                       .wanted = extent.width,
                       .filter = how.filter,
                       .sharpen = sharpen});
    const Plan down({.samples = picture.height(),
                     .length = static_cast<double>(picture.height()),
                     .wanted = extent.height,
                     .filter = how.filter,
                     .sharpen = sharpen});
    const auto frames = static_cast<int>(picture.frames);
    const auto height = static_cast<int>(picture.height());
    const auto new_height = static_cast<int>(extent.height);
    VImage image = new_picture(from, static_cast<int>(extent.width), new_height * frames);
    Rows rows(from);
    for (int frame = 0; frame < frames; ++frame) {
      scale_frame(rows, frame * height, height, kind, across, down, image, frame * new_height);
    }
    if (format != image.format()) {
      image = (vips_band_format_isint(format) != 0 ? image.rint() : image).cast(format);
    }
    if (frames > 1) image.set(VIPS_META_PAGE_HEIGHT, new_height);
    picture.image = image;
    picture.source_bits = std::max(8, picture.source_bits);  // resizing produces intermediate
                                                             // shades
    return picture;
  });
}

}  // namespace imgmill
