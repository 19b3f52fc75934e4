#include "codecs/frames.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>

namespace imgmill {
namespace {

using vips::VImage;

/// Renders the frames of an animation in any order; frame order is the fast one.
class Projector {
 public:
  Projector(MovingPicture animation, bool alpha) : animation_(std::move(animation)), alpha_(alpha) {
    canvas_.width = animation_.width;
    canvas_.channels = animation_.channels;
    canvas_.sample_bytes = animation_.sample_bytes;
  }

  // Copies rows of the stacked frames. Thread-safe.
  Result<void> rows(std::uint64_t first, std::size_t count, std::uint8_t* to, std::size_t stride) {
    const std::scoped_lock lock(mutex_);
    for (std::uint64_t row = first; row < first + count; ++row, to += stride) {
      IMGMILL_CHECK(show(row / animation_.height));
      copy_row(static_cast<std::uint32_t>(row % animation_.height), to);
    }
    return {};
  }

 private:
  Result<void> show(std::size_t index) {
    if (index + 1 < shown_) shown_ = 0;
    while (shown_ <= index) {
      if (shown_ == 0) {
        canvas_.samples.assign(canvas_.stride() * animation_.height, 0);
      } else {
        dispose(animation_.frames[shown_ - 1]);
      }
      const Frame& frame = animation_.frames[shown_];
      if (frame.disposal == Disposal::restore) save(frame.area);
      const Result<void> drawn = animation_.draw(shown_, frame.area, canvas_);
      shown_ = drawn ? shown_ + 1 : 0;
      IMGMILL_CHECK(drawn);
    }
    return {};
  }

  void save(const Area& area) {
    const std::size_t size = area.width * canvas_.pixel_bytes();
    saved_.resize(size * area.height);
    for (std::uint32_t y = 0; y < area.height && size > 0; ++y) {
      std::memcpy(saved_.data() + y * size, canvas_.at(area.left, area.top + y), size);
    }
  }

  void dispose(const Frame& frame) {
    if (frame.disposal == Disposal::keep) return;
    const Area& area = frame.area;
    const std::size_t size = area.width * canvas_.pixel_bytes();
    for (std::uint32_t y = 0; y < area.height && size > 0; ++y) {
      std::uint8_t* const to = canvas_.at(area.left, area.top + y);
      if (frame.disposal == Disposal::clear) {
        std::memset(to, 0, size);
      } else {
        std::memcpy(to, saved_.data() + y * size, size);
      }
    }
  }

  void copy_row(std::uint32_t y, std::uint8_t* to) {
    const std::uint8_t* from = canvas_.at(0, y);
    if (alpha_) {
      std::memcpy(to, from, canvas_.stride());
      return;
    }
    const std::size_t pixel = canvas_.pixel_bytes();
    const std::size_t colours = pixel - static_cast<std::size_t>(canvas_.sample_bytes);
    for (std::uint32_t x = 0; x < canvas_.width; ++x, from += pixel, to += colours) {
      std::memcpy(to, from, colours);
    }
  }

  MovingPicture animation_;
  bool alpha_;
  std::mutex mutex_;
  FrameCanvas canvas_;
  std::size_t shown_ = 0;  ///< frames already drawn on the canvas
  std::vector<std::uint8_t> saved_;
};

// Called by libvips, which is C: must not throw.
int generate(VipsRegion* out, void*, void* projector, void*, gboolean*) {
  const VipsRect& part = out->valid;
  try {
    const Result<void> done = static_cast<Projector*>(projector)->rows(
        static_cast<std::uint64_t>(part.top), static_cast<std::size_t>(part.height),
        VIPS_REGION_ADDR(out, part.left, part.top), VIPS_REGION_LSKIP(out));
    if (done) return 0;
    vips_error("animation", "%s", done.error().message().c_str());
  } catch (const std::exception& error) {
    vips_error("animation", "%s", error.what());
  }
  return -1;
}

VipsInterpretation interpretation_of(const MovingPicture& animation) {
  const bool wide = animation.sample_bytes == 2;
  if (animation.channels == 2) return wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
  return wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

}  // namespace

bool Area::holds(const Area& other) const {
  return other.pixels() == 0 ||
         (other.left >= left && other.top >= top && other.left + other.width <= left + width &&
          other.top + other.height <= top + height);
}

bool covers_canvas(const MovingPicture& animation) {
  Area clear{.width = animation.width, .height = animation.height};
  for (const Frame& frame : animation.frames) {
    if (!frame.area.holds(clear)) return false;
    if (frame.disposal == Disposal::keep) clear = {};
    if (frame.disposal == Disposal::clear) clear = frame.area;
    // The restored area is as transparent as it was before.
  }
  return true;
}

Picture stacked(MovingPicture animation, std::uint32_t count) {
  const auto frames = std::min(count, static_cast<std::uint32_t>(animation.frames.size()));
  animation.frames.resize(frames);
  const bool alpha = !animation.opaque_frames || !covers_canvas(animation);
  const int bands = alpha ? animation.channels : animation.channels - 1;
  const int width = static_cast<int>(animation.width);
  const int height = static_cast<int>(animation.height);
  const VipsInterpretation meaning = interpretation_of(animation);
  const VipsBandFormat format =
      animation.sample_bytes == 2 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR;
  std::vector<int> delays;
  for (const Frame& frame : animation.frames) delays.push_back(frame.delay);
  const int plays = animation.plays;
  if (std::int64_t{animation.height} * frames > VIPS_MAX_COORD) {
    throw vips::VError("the frames are too tall to be stacked");
  }
  auto projector = std::make_unique<Projector>(std::move(animation), alpha);
  const VImage all(vips_image_new());
  VipsImage* const raw = all.get_image();
  vips_image_init_fields(raw, width, height * static_cast<int>(frames), bands, format,
                         VIPS_CODING_NONE, meaning, 1, 1);
  if (frames > 1) {
    vips_image_set_int(raw, VIPS_META_PAGE_HEIGHT, height);
    vips_image_set_int(raw, VIPS_META_N_PAGES, static_cast<int>(frames));
    vips_image_set_int(raw, "loop", plays);
    vips_image_set_array_int(raw, "delay", delays.data(), static_cast<int>(delays.size()));
  }
  Projector* const shared = projector.release();
  g_object_set_data_full(G_OBJECT(raw), "imgmill-projector", shared,
                         [](gpointer it) { delete static_cast<Projector*>(it); });
  // Strips of whole rows: for any region, its whole frame has to be drawn first.
  if (vips_image_pipelinev(raw, VIPS_DEMAND_STYLE_THINSTRIP, nullptr) != 0 ||
      vips_image_generate(raw, nullptr, generate, nullptr, shared, nullptr) != 0) {
    throw vips::VError();
  }
  // Lets several threads request rows in order, a strip at a time. With single rows, the cache
  // would search all its entries for each row.
  auto* strips = VImage::option()->set("tile_height", 256);
  return Picture{.image = all.sequential(strips), .frames = frames};
}

}  // namespace imgmill
