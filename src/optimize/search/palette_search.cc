#include "optimize/search/palette_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/time_left.h"
#include "base/try.h"

namespace imgmill {
namespace {

// On screenshots and Kodak pictures, dithering of more than a half was never better.
constexpr std::array dithers = {0.0, 0.5};
// The approximate fraction of a palette image's bytes that a point of score costs.
constexpr double bytes_of_a_point = 0.03;

// Chooses by score relative to size. Drawings nearly always do without.
Result<void> choose_dither(Trials& trials, double guess) {
  const double quality =
      std::clamp(std::floor(guess), lowest_quality, trials.traits.highest_quality);
  double most = std::numeric_limits<double>::lowest();
  double chosen = 0;
  for (const double dither : dithers) {
    trials.dither = dither;
    IMGMILL_TRY(const double found,
                trials.worth(trials.whole, trials.at(quality, Draft::yes), bytes_of_a_point));
    if (found > most) {
      most = found;
      chosen = dither;
    }
  }
  trials.dither = chosen;
  return {};
}

}  // namespace

Result<void> search_palette(Trials& trials, double guess) {
  IMGMILL_CHECK(choose_dither(trials, guess));
  QualityBracket bracket(trials.plan_from(guess), trials.curve());
  bool found = false;
  while (const std::optional<double> quality = bracket.next()) {
    if (found && given_up_for_time()) break;
    // Packing the indices takes far longer than finding them and changes no pixels, so it can wait
    // until the search is over.
    IMGMILL_TRY(Encoding draft, trials.encoded(trials.at(*quality, Draft::yes)));
    IMGMILL_TRY(const Rating rating, trials.rate(draft));
    bracket.tried(*quality, rating.reaches());
    found = found || bracket.answer().has_value();
  }
  const std::optional<double> quality = bracket.answer();
  if (!quality) return {};
  IMGMILL_TRY(Encoding encoding, trials.encoded(trials.at(*quality)));
  IMGMILL_TRY(const Rating rating, trials.whole.rate(encoding));
  IMGMILL_CHECK(trials.measure(encoding, *quality));
  trials.keep(std::move(encoding), *quality, rating);
  return {};
}

}  // namespace imgmill
