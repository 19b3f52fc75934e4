#include "optimize/search/size_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/time_left.h"
#include "base/try.h"

namespace imgmill {
namespace {

Result<Encoding> encoded(Trials& trials, double quality) {
  IMGMILL_TRY(Encoding encoding, trials.encoded(trials.at(quality)));
  IMGMILL_CHECK(trials.measure(encoding, quality));
  return encoding;
}

}  // namespace

// The mirror image of a search for a score: sizes decrease with quality.
Result<void> search_by_size(Trials& trials) {
  const Aim& aim = trials.aim;
  const double high = std::min<double>(trials.traits.highest_quality, aim.most_quality);
  trials.best.reset();
  QualityBracket bracket({.target = -std::log(static_cast<double>(*aim.max_bytes)),
                          .low = 101 - high,
                          .high = 101 - lowest_quality,
                          .guess = 101.0 - std::min(75.0, high),
                          .step = trials.traits.quality_step,
                          .most_tries = most_encodes + static_cast<int>(trials.sizes.size()),
                          .near_enough = 0.03},
                         trials.traits.sizes);
  for (const auto& [quality, bytes] : trials.sizes) bracket.tried(101 - quality, -std::log(bytes));
  while (const std::optional<double> mirrored = bracket.next()) {
    if (trials.best && given_up_for_time()) break;
    IMGMILL_TRY(Encoding encoding, encoded(trials, 101 - *mirrored));
    bracket.tried(*mirrored, -std::log(trials.sizes.back().bytes));
    if (bracket.answer() == *mirrored) trials.keep(std::move(encoding), 101 - *mirrored, {});
  }
  // The best fit may be a try of the score search whose bytes were not kept.
  if (const std::optional<double> known = bracket.answer(); known && !trials.best) {
    IMGMILL_TRY(Encoding encoding, encoded(trials, 101 - *known));
    trials.keep(std::move(encoding), 101 - *known, {});
  }
  if (!trials.best) {
    const double smallest = std::ranges::min(trials.sizes, {}, &Trials::Size::bytes).bytes;
    return fail(ErrorCode::limit,
                fmt::format("this picture cannot be written as {} in {}: the smallest was {}",
                            trials.codec.info.name, human_size(*aim.max_bytes),
                            human_size(static_cast<std::uint64_t>(smallest))),
                "allow more bytes, make it smaller with --resize, or choose another format");
  }
  IMGMILL_TRY(trials.best->rating, trials.whole.rate(trials.best->encoding));
  return {};
}

}  // namespace imgmill
