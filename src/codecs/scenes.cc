#include "codecs/scenes.h"

#include <algorithm>
#include <cstring>

#include "codecs/engine.h"

namespace imgmill {
namespace {

std::vector<int> delays_of(const Picture& picture) {
  if (!moves(picture)) return {};
  std::vector<int> delays = picture.image.get_array_int("delay");
  delays.resize(picture.frames);
  return delays;
}

// Alpha is the last sample of each pixel.
template <typename Sample>
void clear_hidden(std::vector<std::uint8_t>& pixels, std::size_t channels) {
  const std::size_t pixel = channels * sizeof(Sample);
  for (std::size_t at = 0; at < pixels.size(); at += pixel) {
    Sample alpha = 0;
    std::memcpy(&alpha, &pixels[at + pixel - sizeof alpha], sizeof alpha);
    if (alpha == 0) std::memset(&pixels[at], 0, pixel);
  }
}

}  // namespace

SceneReader::SceneReader(const Picture& picture)
    : image_(picture.image),
      frames_(picture.frames),
      delays_(delays_of(picture)),
      region_(vips_region_new(image_.get_image())) {}

SceneReader::~SceneReader() { VIPS_UNREF(region_); }

void SceneReader::read(std::uint32_t frame, std::vector<std::uint8_t>& into) {
  VipsImage* const raw = image_.get_image();
  const int height = image_.height() / static_cast<int>(frames_);
  const std::size_t row = VIPS_IMAGE_SIZEOF_LINE(raw);
  into.resize(row * static_cast<std::size_t>(height));
  // In strips, which is how decoders produce them.
  constexpr int strip = 256;
  for (int y = 0; y < height; y += strip) {
    const int top = static_cast<int>(frame) * height + y;
    const VipsRect part{0, top, image_.width(), std::min(strip, height - y)};
    if (region_ == nullptr || vips_region_prepare(region_, &part) != 0) throw vips::VError();
    for (int i = 0; i < part.height; ++i) {
      std::memcpy(into.data() + static_cast<std::size_t>(y + i) * row,
                  VIPS_REGION_ADDR(region_, 0, top + i), row);
    }
  }
  if (!image_.has_alpha()) return;
  const auto channels = static_cast<std::size_t>(image_.bands());
  if (image_.format() == VIPS_FORMAT_UCHAR) clear_hidden<std::uint8_t>(into, channels);
  if (image_.format() == VIPS_FORMAT_USHORT) clear_hidden<std::uint16_t>(into, channels);
}

std::optional<Scene> SceneReader::next() {
  if (next_ == frames_) return std::nullopt;
  if (ahead_.empty()) {
    read(next_, pixels_);
  } else {
    pixels_.swap(ahead_);
  }
  Scene scene{.frame = next_, .begin = time_};
  for (;;) {
    time_ += delays_.empty() ? 1 : delays_[next_];
    if (++next_ == frames_) break;
    read(next_, ahead_);
    if (delays_.empty() || ahead_ != pixels_) break;
  }
  scene.end = time_;
  return scene;
}

const Scene& TimeLine::at(std::int64_t time) const {
  const auto later = std::ranges::upper_bound(scenes, time, {}, &Scene::end);
  return later == scenes.end() ? scenes.back() : *later;
}

Result<TimeLine> time_line(const Picture& picture) {
  return with_engine(ErrorCode::bad_input, "the frames could not be read", [&] {
    TimeLine line{.plays = plays_of(picture)};
    SceneReader reader(picture);
    while (const std::optional<Scene> scene = reader.next()) line.scenes.push_back(*scene);
    return line;
  });
}

bool moves(const Picture& picture) {
  return picture.frames > 1 && picture.image.get_typeof("delay") != 0;
}

int plays_of(const Picture& picture) {
  return moves(picture) ? header_int(picture.image, "loop", 0) : 1;
}

}  // namespace imgmill
