#include "png/optimizer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

#include "base/try.h"
#include "png/deflate.h"
#include "png/filter_choice.h"
#include "png/huffman.h"
#include "png/palette_order.h"
#include "png/png_file.h"
#include "png/reduce.h"
#include "png/squeeze.h"

namespace imgmill::png {
namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

/// What is tried, and how hard. The numbers were chosen on Kodak's 24 photographs and 97
/// screenshots of gnome-user-docs.
struct Plan {
  std::span<const Strategy> direct;   ///< for grey and true colours
  std::span<const Strategy> indexed;  ///< for the best order of a palette
  std::span<const PaletteOrder> orders;
  int trial_level;
  std::size_t sample;     ///< bytes that each trial compresses at most
  int final_level;        ///< of libdeflate
  std::size_t finalists;  ///< forms and filters that are compressed as a whole
  bool squeeze;           ///< with the encoder of our own to the last byte
};

constexpr std::array usual_direct = {Strategy::none, Strategy::sub, Strategy::up, Strategy::entropy,
                                     Strategy::bigrams};
constexpr std::array max_direct = {Strategy::none,    Strategy::sub,     Strategy::up,
                                   Strategy::average, Strategy::paeth,   Strategy::min_sum,
                                   Strategy::entropy, Strategy::bigrams, Strategy::bigram_entropy,
                                   Strategy::trial};
constexpr std::array balanced_indexed = {Strategy::sub, Strategy::up, Strategy::bigrams};
constexpr std::array fast_orders = {PaletteOrder::luminance};
constexpr std::array all_orders = {PaletteOrder::luminance, PaletteOrder::frequency,
                                   PaletteOrder::adjacency, PaletteOrder::appearance};

Plan plan_for(Effort effort) {
  constexpr std::size_t kib = 1024;
  switch (effort) {
    case Effort::fast:
      return {usual_direct, {}, fast_orders, 1, 128 * kib, 7, 1, false};
    case Effort::balanced:
      break;
    case Effort::max:
      return {max_direct, max_direct, all_orders, 7, 1024 * kib, 12, 4, true};
  }
  return {usual_direct, balanced_indexed, all_orders, 3, 160 * kib, 10, 1, false};
}

/// A raster, a choice of filters and what they come to.
struct Attempt {
  const Raster* raster = nullptr;
  Strategy strategy = Strategy::none;
  std::size_t size = no_limit;  ///< bytes, as far as the sample tells
};

// Evenly spread over the picture, so that each part has a say.
std::vector<Band> sample_bands(const Raster& largest, std::size_t sample) {
  constexpr std::uint64_t pieces = 4;
  const std::uint64_t rows = sample / (largest.stride() + 1) / pieces;
  const std::uint64_t height = largest.height;
  // Half a picture is not much cheaper than the whole, and tells less.
  if (rows == 0 ? height <= pieces : 2 * pieces * rows >= height) return {{0, largest.height}};
  const std::uint64_t thickness = std::max<std::uint64_t>(rows, 1);
  std::vector<Band> bands;
  for (std::uint64_t i = 0; i < pieces; ++i) {
    const auto begin =
        static_cast<std::uint32_t>((2 * i + 1) * height / (2 * pieces) - thickness / 2);
    bands.push_back({begin, begin + static_cast<std::uint32_t>(thickness)});
  }
  return bands;
}

/// All the ways of storing the same pixels that are worth a trial.
struct Forms {
  std::vector<Raster> direct;
  std::vector<Raster> indexed;
};

void add_forms(Raster base, bool profile, const Options& options, const Plan& plan, Forms& forms) {
  if (auto better = without_key(base)) base = std::move(*better);
  const HiddenColours hidden = options.clean_alpha ? HiddenColours::free : HiddenColours::kept;
  // A key costs next to nothing, but takes the pixels' alpha away from a palette; that is made
  // from the one with alpha, which is the same.
  const std::optional<Raster> opaque = without_alpha(base, hidden);
  Raster direct = opaque ? *opaque : base;
  if (!profile) {
    if (auto better = as_grey(direct)) direct = std::move(*better);
  }
  const bool grey = is_grey(direct.colour);
  if (auto better = in_fewer_bits(direct)) direct = std::move(*better);
  // A profile for grey does not explain a palette.
  if (options.palette && forms.indexed.empty() && !(profile && grey)) {
    if (auto palette = with_palette(base)) {
      // Grey needs no palette to be one byte.
      const bool pays = !grey || has_alpha(direct.colour) || palette->bits < direct.bits;
      if (pays) {
        for (const PaletteOrder order : plan.orders) {
          forms.indexed.push_back(reordered(*palette, order));
        }
      }
    }
  }
  forms.direct.push_back(std::move(direct));
}

Forms forms_of(const Raster& raster, bool profile, const Options& options, const Plan& plan) {
  Raster base = spread(raster);
  if (auto better = narrowed(base)) base = std::move(*better);
  Forms forms;
  if (options.clean_alpha && has_alpha(base.colour)) {
    add_forms(cleaned(base, Cleaning::black), profile, options, plan, forms);
    add_forms(cleaned(base, Cleaning::left), profile, options, plan, forms);
    return forms;
  }
  add_forms(std::move(base), profile, options, plan, forms);
  // The order of a palette may have been somebody's good idea.
  const bool own = options.palette && raster.colour == Colour::palette && !forms.indexed.empty() &&
                   raster.bits == forms.indexed.front().bits && !options.clean_alpha;
  if (own) forms.indexed.push_back(raster);
  return forms;
}

/// Finds the best form and filters by compressing samples.
class Contest {
 public:
  Contest(const Plan& plan, const Forms& forms) : plan_(plan) {
    const Raster* largest = &forms.direct.front();
    for (const auto* list : {&forms.direct, &forms.indexed}) {
      for (const Raster& raster : *list) {
        if (raster.stride() > largest->stride()) largest = &raster;
      }
    }
    bands_ = sample_bands(*largest, plan.sample);
    std::uint64_t rows = 0;
    for (const Band& band : bands_) rows += band.end - band.begin;
    scale_ = static_cast<double>(largest->height) / static_cast<double>(rows);

    for (const Raster& raster : forms.indexed) enter(raster, only_none);
    if (!attempts_.empty()) enter(*best().raster, plan.indexed);
    for (const Raster& raster : forms.direct) {
      enter(raster, raster.bits < 8 ? std::span<const Strategy>(low_depth) : plan.direct);
    }
    std::ranges::stable_sort(attempts_, {}, &Attempt::size);
  }

  /// The zlib stream and raster of the winner.
  struct Winner {
    const Raster* raster = nullptr;
    std::vector<std::uint8_t> stream;
  };
  Winner winner() {
    Winner winner;
    std::size_t least = no_limit;
    std::vector<std::uint8_t> rows;  // of the winner
    const Raster& first = *attempts_.front().raster;
    const bool quick = plan_.final_level >= 10 && first.rows.size() <= small;
    const std::size_t finalists =
        quick ? std::max<std::size_t>(plan_.finalists, 3) : plan_.finalists;
    for (std::size_t i = 0; i < std::min(finalists, attempts_.size()); ++i) {
      const Attempt& attempt = attempts_[i];
      std::vector<std::uint8_t> now = whole(attempt);
      const std::size_t around = overhead(*attempt.raster);
      std::vector<std::uint8_t> stream = compressed(now, attempt.size);
      if (stream.size() + around >= least) continue;
      least = stream.size() + around;
      winner = {attempt.raster, std::move(stream)};
      rows = std::move(now);
    }
    if (plan_.squeeze) {
      std::vector<std::uint8_t> stream = squeezed(rows, last_squeeze);
      if (stream.size() < winner.stream.size()) winner.stream = std::move(stream);
    }
    return winner;
  }

 private:
  // Rows that are compressed so fast that samples need not be trusted, bytes.
  static constexpr std::size_t small = 16 * 1024;
  static constexpr std::array only_none = {Strategy::none};
  static constexpr Squeeze quick_look{4, 32, 1, Squeeze::dear, false};
  static constexpr Squeeze noise_squeeze{16, 128, 2, Squeeze::dear, false};
  static constexpr Squeeze first_squeeze{16, 128, 2, Squeeze::both, false};
  static constexpr Squeeze last_squeeze{64, longest_match, 5, Squeeze::both, true};
  static constexpr std::array low_depth = {Strategy::none, Strategy::bigrams};

  [[nodiscard]] const Attempt& best() const {
    return *std::ranges::min_element(attempts_, {}, &Attempt::size);
  }

  void enter(const Raster& raster, std::span<const Strategy> strategies) {
    const std::size_t around = overhead(raster);
    const std::vector<FilterChoice> choices = choose_filters(raster, strategies, bands_, deflater_);
    for (std::size_t i = 0; i < strategies.size(); ++i) {
      if (std::find(choices.begin(), choices.begin() + static_cast<std::ptrdiff_t>(i),
                    choices[i]) != choices.begin() + static_cast<std::ptrdiff_t>(i)) {
        continue;
      }
      const std::vector<std::uint8_t> rows = filtered(raster, choices[i], bands_);
      const auto stream = deflater_.zlib(rows, plan_.trial_level, no_limit);
      if (!stream) continue;
      const double size = static_cast<double>(stream->size()) * scale_;
      attempts_.push_back({&raster, strategies[i], static_cast<std::size_t>(size) + around});
    }
  }

  // In noise libdeflate finds many short matches that cost more than they save, and never gets
  // away from them. Whether there is such noise is asked of a piece from the middle.
  bool is_noise(std::span<const std::uint8_t> rows) {
    constexpr std::size_t piece = 24 * 1024;
    constexpr double clearly = 0.99;
    const std::size_t size = std::min(piece, rows.size());
    const auto middle = rows.subspan((rows.size() - size) / 2, size);
    const auto usual = deflater_.zlib(middle, plan_.final_level, no_limit);
    return usual && static_cast<double>(squeezed(middle, quick_look).size()) <
                        clearly * static_cast<double>(usual->size());
  }

  // `expected`: bytes, as far as the sample tells.
  std::vector<std::uint8_t> compressed(std::span<const std::uint8_t> rows, std::size_t expected) {
    if (plan_.squeeze) return squeezed(rows, first_squeeze);
    if (plan_.final_level >= 10 && rows.size() <= small) {
      std::vector<std::uint8_t> own = squeezed(rows, first_squeeze);
      const auto theirs = deflater_.zlib(rows, 12, own.size());
      if (theirs && theirs->size() < own.size()) own.assign(theirs->begin(), theirs->end());
      return own;
    }
    // Photographs and the like, where the highest levels are worth their time and not much slower.
    const bool rich = plan_.final_level >= 10 && expected > rows.size() / 10;
    if (rich && is_noise(rows)) return squeezed(rows, noise_squeeze);
    const auto stream = deflater_.zlib(rows, plan_.final_level + (rich ? 1 : 0), no_limit);
    return {stream->begin(), stream->end()};
  }

  std::vector<std::uint8_t> whole(const Attempt& attempt) {
    const std::array all = {Band{0, attempt.raster->height}};
    const std::array strategy = {attempt.strategy};
    const auto choices = choose_filters(*attempt.raster, strategy, all, deflater_);
    return filtered(*attempt.raster, choices.front(), all);
  }

  const Plan& plan_;
  Deflater deflater_;
  std::vector<Band> bands_;
  double scale_ = 1;
  std::vector<Attempt> attempts_;
};

Buffer smallest(const Raster& raster, const Surroundings& surroundings, const Options& options) {
  const Plan plan = plan_for(options.effort);
  const Forms forms = forms_of(raster, surroundings.profile, options, plan);
  const Contest::Winner winner = Contest(plan, forms).winner();
  return write_file(*winner.raster, winner.stream, surroundings);
}

}  // namespace

Result<Buffer> optimize(ByteView input, const Options& options) {
  IMGMILL_TRY(const File file, read_file(input));
  return smallest(file.raster, file.surroundings, options);
}

Buffer encode(const Raster& raster, ByteView profile, const Options& options) {
  Surroundings surroundings;
  std::vector<std::byte> chunk;
  if (!profile.empty()) {
    using std::string_view_literals::operator""sv;
    const ByteView name = as_bytes("icc\0\0"sv);  // a name, its end, the method: deflate
    chunk.assign(name.begin(), name.end());
    Deflater deflater;
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(profile.data()),
                                              profile.size());
    const auto stream = std::as_bytes(deflater.zlib(bytes, 12, no_limit).value());
    chunk.insert(chunk.end(), stream.begin(), stream.end());
    surroundings.before.push_back({"iCCP", chunk});
    surroundings.profile = true;
  }
  return smallest(raster, surroundings, options);
}

}  // namespace imgmill::png
