#include "transform/timing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "codecs/engine.h"
#include "codecs/scenes.h"

namespace imgmill {
namespace {

/// How a format stores time, in milliseconds.
struct Clock {
  std::int64_t unit;
  std::int64_t least;  ///< the shortest delay that browsers honour
  std::int64_t most;
  int most_plays;
};

// WebP has 24 bits of milliseconds, GIF 16 bits of hundredths and a count of repetitions.
constexpr Clock webp_clock = {.unit = 1, .least = 11, .most = 0xFFFFFF, .most_plays = 65'535};
constexpr Clock gif_clock = {.unit = 10, .least = 20, .most = 655'350, .most_plays = 65'536};

std::vector<int> rounded(const std::vector<int>& delays, const Clock& clock) {
  std::vector<int> out;
  std::int64_t wanted = 0;  // end of the frame
  std::int64_t time = 0;
  for (const int delay : delays) {
    wanted += delay;
    const std::int64_t units = (wanted - time + clock.unit / 2) / clock.unit;
    const std::int64_t own = std::clamp(units * clock.unit, clock.least, clock.most);
    out.push_back(static_cast<int>(own));
    time += own;
  }
  return out;
}

}  // namespace

Result<Picture> timed_for(Picture picture, const FormatInfo& target, Findings& findings) {
  if (!moves(picture) || !target.animation) return picture;
  const Clock& clock = target.format == Format::gif ? gif_clock : webp_clock;
  return with_engine(ErrorCode::bad_input, "the frames could not be timed", [&] {
    const std::vector<int> delays = picture.image.get_array_int("delay");
    const std::vector<int> own = rounded(delays, clock);
    const int plays = plays_of(picture);
    if (own == delays && plays <= clock.most_plays) return picture;
    picture.image = picture.image.copy();
    if (own != delays) {
      findings.lose(fmt::format("delays rounded: {} counts {} and has {} to {} ms", target.name,
                                clock.unit == 1 ? "milliseconds" : "hundredths of a second",
                                clock.least, clock.most));
      picture.image.set("delay", own);
    }
    if (plays > clock.most_plays) {
      findings.lose(fmt::format("{} plays became {}", plays, clock.most_plays));
      picture.image.set("loop", clock.most_plays);
    }
    return picture;
  });
}

}  // namespace imgmill
