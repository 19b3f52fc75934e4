#include "png/optimizer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <iterator>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include "base/try.h"
#include "png/content.h"
#include "png/deflate.h"
#include "png/filter_choice.h"
#include "png/optimal_deflate.h"
#include "png/palette_order.h"
#include "png/parallel_for.h"
#include "png/pieces.h"
#include "png/png_file.h"
#include "png/reduce.h"

namespace imgmill::png {
namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

/// The trials and their effort. The numbers were chosen on Kodak's 24 photographs and 97
/// screenshots of gnome-user-docs.
struct Plan {
  std::span<const Strategy> direct;   ///< for greyscale and truecolour
  std::span<const Strategy> indexed;  ///< for the best palette order
  std::span<const PaletteOrder> orders;
  int trial_level;
  std::size_t sample;        ///< maximum number of bytes compressed per trial
  int second_level;          ///< libdeflate level of the second round, at most
  std::size_t second_round;  ///< number of attempts in the second round; 0: only one round
  int final_level;           ///< libdeflate level of the result
  bool squeeze;              ///< use our own encoder, with maximum compression
};

constexpr std::array usual_direct = {Strategy::none, Strategy::sub, Strategy::up, Strategy::entropy,
                                     Strategy::bigrams};
constexpr std::array max_direct = {Strategy::none,          Strategy::sub,   Strategy::up,
                                   Strategy::average,       Strategy::paeth, Strategy::bigrams,
                                   Strategy::bigram_entropy};
constexpr std::array balanced_indexed = {Strategy::sub, Strategy::up, Strategy::bigrams};
constexpr std::array fast_orders = {PaletteOrder::luminance};
constexpr std::array all_orders = {PaletteOrder::luminance, PaletteOrder::frequency,
                                   PaletteOrder::adjacency, PaletteOrder::appearance};

Plan plan_for(Effort effort) {
  constexpr std::size_t kib = 1024;
  switch (effort) {
    case Effort::fast:
      return {usual_direct, {}, fast_orders, 1, 128 * kib, 0, 0, 7, false};
    case Effort::balanced:
      break;
    case Effort::max:
      return {max_direct, max_direct, all_orders, 3, 160 * kib, 10, 3, 12, true};
  }
  return {usual_direct, balanced_indexed, all_orders, 3, 160 * kib, 0, 0, 10, false};
}

// Returns bands evenly spread over the picture, so that every part is represented.
std::vector<Band> sample_bands(const Raster& largest, std::size_t sample) {
  constexpr std::uint64_t pieces = 4;
  const std::uint64_t rows = sample / (largest.stride() + 1) / pieces;
  const std::uint64_t height = largest.height;
  // Half the picture is not much cheaper than the whole, and less representative.
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

/// All ways of storing the same pixels that are worth a trial.
struct Forms {
  std::vector<Raster> direct;
  std::vector<Raster> indexed;
};

void add_forms(Raster base, bool profile, const Options& options, const Plan& plan, Forms& forms) {
  if (auto better = without_key(base)) base = std::move(*better);
  const HiddenColours hidden = options.clean_alpha ? HiddenColours::free : HiddenColours::kept;
  // A transparent colour costs almost nothing, but the palette is made from the equivalent raster
  // with alpha, since it stores alpha itself.
  std::optional<Raster> palette;
  // A grey profile is not valid for a palette.
  if (options.palette && forms.indexed.empty() && !(profile && is_grey(base.colour))) {
    palette = with_palette(base);
  }
  Raster direct = std::move(base);
  if (auto better = without_alpha(direct, hidden)) direct = std::move(*better);
  if (!profile) {
    if (auto better = as_grey(direct)) direct = std::move(*better);
  }
  const bool grey = is_grey(direct.colour);
  if (auto better = in_fewer_bits(direct)) direct = std::move(*better);
  // 8-bit grey is already one byte per pixel; a palette must beat that.
  if (palette && (!grey || has_alpha(direct.colour) || palette->bits < direct.bits)) {
    for (const PaletteOrder order : plan.orders) {
      forms.indexed.push_back(reordered(*palette, order));
    }
  }
  forms.direct.push_back(std::move(direct));
}

// Does not keep the pixels of `raster` next to those of its forms, unless it is one of them.
Forms forms_of(Raster raster, bool profile, const Options& options, const Plan& plan) {
  const bool indexed = raster.colour == Colour::palette;
  Raster base = indexed ? spread(raster) : spread(std::move(raster));
  if (auto better = narrowed(base)) base = std::move(*better);
  Forms forms;
  if (options.clean_alpha && has_alpha(base.colour)) {
    add_forms(cleaned(base, Cleaning::black), profile, options, plan, forms);
    add_forms(cleaned(base, Cleaning::left), profile, options, plan, forms);
    return forms;
  }
  add_forms(std::move(base), profile, options, plan, forms);
  // The original order of the palette may be a good one.
  const bool own = options.palette && indexed && !forms.indexed.empty() &&
                   raster.bits == forms.indexed.front().bits && !options.clean_alpha;
  if (own) forms.indexed.push_back(std::move(raster));
  return forms;
}

/// Finds the best form and filters by compressing samples.
class FilterSearch {
 public:
  FilterSearch(const Plan& plan, const Forms& forms, int thread_count) : plan_(plan) {
    const Raster* largest = &forms.direct.front();
    for (const auto* list : {&forms.direct, &forms.indexed}) {
      for (const Raster& raster : *list) {
        if (raster.stride() > largest->stride()) largest = &raster;
      }
    }
    // Below this size, threads cost more time than they save.
    constexpr std::size_t worth_sharing = 256 * 1024;
    lanes_ = largest->rows.size() < worth_sharing ? 1 : std::max(thread_count, 1);
    deflaters_ = std::vector<Deflater>(static_cast<std::size_t>(lanes_));

    bands_ = sample_bands(*largest, plan.sample);
    std::uint64_t rows = 0;
    for (const Band& band : bands_) rows += band.end - band.begin;
    scale_ = static_cast<double>(largest->height) / static_cast<double>(rows);

    trial_level_ = plan.trial_level;
    second_level_ = plan.second_level;
    if (plan.trial_level == 3 && is_drawing(forms.direct.front())) {
      trial_level_ = 2;
      second_level_ = std::min(second_level_, 7);
    }

    std::vector<Attempt> entries;
    for (const Raster& raster : forms.indexed) entries.push_back({&raster, Strategy::none});
    enter(entries);
    entries.clear();
    if (!attempts_.empty()) {
      const Raster* indexed = std::ranges::min_element(attempts_, {}, &Attempt::size)->raster;
      for (const Strategy strategy : plan.indexed) entries.push_back({indexed, strategy});
    }
    for (const Raster& raster : forms.direct) {
      const auto all = raster.bits < 8 ? std::span<const Strategy>(low_depth) : plan.direct;
      for (const Strategy strategy : all) entries.push_back({&raster, strategy});
    }
    enter(entries);
    std::ranges::stable_sort(attempts_, {}, &Attempt::size);
    if (plan.second_round > 0) compete_again();
  }

  /// The raster and zlib stream of the winner.
  struct Winner {
    const Raster* raster = nullptr;
    std::vector<std::uint8_t> stream;
  };
  Winner winner() {
    const bool quick = plan_.final_level >= 10 && attempts_.front().raster->rows.size() <= small;
    const std::size_t finalists = std::min<std::size_t>(quick ? 3 : 1, attempts_.size());
    Winner winner;
    std::size_t least = no_limit;
    for (std::size_t i = 0; i < finalists; ++i) {
      const Attempt& attempt = attempts_[i];
      const std::size_t around = overhead(*attempt.raster);
      std::vector<std::uint8_t> stream = compressed(whole(attempt), attempt.size);
      if (stream.size() + around >= least) continue;
      least = stream.size() + around;
      winner = {attempt.raster, std::move(stream)};
    }
    return winner;
  }

 private:
  /// A raster, a filter strategy, the filters it chose in the bands and the resulting size.
  struct Attempt {
    const Raster* raster = nullptr;
    Strategy strategy = Strategy::none;
    FilterChoice filters = {};
    std::size_t size = no_limit;  ///< bytes, estimated from the sample
  };

  // Rows up to this many bytes compress so fast that samples need not be relied on.
  static constexpr std::size_t small = 16 * 1024;
  static constexpr DeflateParams quick_look{4, 32, 1, DeflateParams::dear, false};
  // Chains and matches of twice the length save 0.07 % of the bytes of Kodak and CID22, and take
  // 1.3 times as long.
  static constexpr DeflateParams noise_squeeze{8, 64, 2, DeflateParams::dear, false};
  static constexpr DeflateParams small_squeeze{16, 128, 2, DeflateParams::both, false};
  // Stopping at a thousandth costs 0.02 % of the bytes of 26 screenshots and saves a tenth of the
  // time.
  static constexpr DeflateParams max_squeeze{
      14, longest_match, 2, DeflateParams::better, false, DeflateParams::trees, 1000};
  static constexpr DeflateParams max_noise_squeeze{
      32, 128, 4, DeflateParams::dear, true, DeflateParams::chains, 1000};
  // Enough to tell which filters are best.
  static constexpr DeflateParams noise_trial{8, 128, 1, DeflateParams::dear, false};
  static constexpr DeflateParams small_max_squeeze{64, longest_match, 5, DeflateParams::both, true};
  static constexpr std::array low_depth = {Strategy::none, Strategy::bigrams};

  // Level 2 ranks the filters of drawings better than level 3 does (100 screenshots: 0.2 % fewer
  // bytes in the result), and those of photographs worse. In the second round, level 7 is as good
  // as level 10 for drawings (26 screenshots: 0.03 % fewer bytes), and 0.1 % worse for photographs.
  bool is_drawing(const Raster& raster) {
    constexpr std::size_t part = 3;
    constexpr std::size_t most = 32 * 1024;
    const auto all = std::span<const std::uint8_t>(raster.rows);
    const auto middle = all.subspan((all.size() - std::min(most, all.size())) / 2);
    const auto piece = middle.first(std::min(most, middle.size()));
    return deflaters_.front().zlib(piece, 1, piece.size() / part).has_value();
  }

  // Adds entries to the competition; of those with the same filters, only the first.
  void enter(std::vector<Attempt> entries) {
    parallel_for(lanes_, entries.size(), [&](std::size_t i, std::size_t) {
      Attempt& entry = entries[i];
      entry.filters = choose_filters(*entry.raster, entry.strategy, bands_);
    });
    std::vector<Attempt> different;
    for (Attempt& entry : entries) {
      const bool again = std::ranges::any_of(different, [&](const Attempt& other) {
        return other.raster == entry.raster && other.filters == entry.filters;
      });
      if (!again) different.push_back(std::move(entry));
    }
    measure(different, [&](const std::vector<std::uint8_t>& rows, std::size_t thread) {
      return deflaters_[thread].zlib(rows, trial_level_, no_limit).value().size();
    });
    std::ranges::move(different, std::back_inserter(attempts_));
  }

  // `size_of(rows, thread)` returns the compressed size of the filtered rows of the bands, in
  // bytes.
  template <typename SizeOf>
  void measure(std::vector<Attempt>& attempts, const SizeOf& size_of) {
    parallel_for(lanes_, attempts.size(), [&](std::size_t i, std::size_t thread) {
      Attempt& attempt = attempts[i];
      const auto size = size_of(filtered(*attempt.raster, attempt.filters, bands_), thread);
      attempt.size =
          static_cast<std::size_t>(static_cast<double>(size) * scale_) + overhead(*attempt.raster);
    });
  }

  std::size_t second_size(std::span<const std::uint8_t> rows, std::size_t thread) {
    if (noise_) return optimal_deflate(rows, noise_trial).size();
    return deflaters_[thread].zlib(rows, second_level_, no_limit).value().size();
  }
  // For the whole picture.
  std::size_t second_size(const Content& rows) {
    if (noise_) return optimal_deflate(rows, noise_trial, lanes_).size();
    std::atomic<std::size_t> size = 0;
    const std::size_t count = pieces_of(rows);
    parallel_for(lanes_, count, [&](std::size_t i, std::size_t thread) {
      const auto part = rows.part(i * rows.size / count, (i + 1) * rows.size / count);
      size += deflaters_[thread].zlib(part, second_level_, no_limit).value().size();
    });
    return size;
  }

  // Ranks the best attempts of the first round with a better encoder.
  void compete_again() {
    const Attempt& best = attempts_.front();
    const auto seen = filtered(*best.raster, best.filters, bands_);
    noise_ = is_noise(content_of(seen));
    // For small pictures the ranking of a fast level means little; for larger ones, an attempt that
    // is 1.5 % behind does not win.
    constexpr std::size_t little = 64 * 1024;
    const bool few = best.raster->rows.size() <= little;
    const std::size_t most = plan_.second_round * (few ? 3 : 1);
    if (attempts_.size() > most) attempts_.resize(most);
    const std::size_t near = few ? no_limit : best.size + best.size * 15 / 1000;
    while (attempts_.back().size > near) attempts_.pop_back();
    if (attempts_.size() == 1) return;
    measure(attempts_,
            [&](const auto& rows, std::size_t thread) { return second_size(rows, thread); });
    const Raster* raster = best.raster;
    const Strategy strategy = best.strategy;
    std::ranges::stable_sort(attempts_, {}, &Attempt::size);
    const Attempt& now = attempts_.front();
    if (now.raster == raster && now.strategy == strategy) return;
    // The samples disagree: decide on the whole picture.
    const auto before = std::ranges::find_if(attempts_, [&](const Attempt& attempt) {
      return attempt.raster == raster && attempt.strategy == strategy;
    });
    std::iter_swap(attempts_.begin() + 1, before);
    const auto size = [&](const Attempt& attempt) {
      return second_size(whole(attempt)) + overhead(*attempt.raster);
    };
    if (size(attempts_[1]) < size(attempts_[0])) std::swap(attempts_[0], attempts_[1]);
  }

  // In noise libdeflate finds many short matches that cost more than they save, and never gets away
  // from them. A piece from the middle tells whether this is such noise.
  bool is_noise(const Content& rows) {
    constexpr std::size_t piece = 24 * 1024;
    constexpr double clearly = 0.99;
    const std::vector<std::uint8_t> middle = rows.middle(piece);
    const auto usual = deflaters_.front().zlib(middle, 10, no_limit);
    return usual && static_cast<double>(optimal_deflate(middle, quick_look).size()) <
                        clearly * static_cast<double>(usual->size());
  }

  // `expected`: bytes, estimated from the sample.
  std::vector<std::uint8_t> compressed(const Content& rows, std::size_t expected) {
    if (plan_.final_level >= 10 && rows.size <= small) return compressed_small(rows.all());
    if (plan_.squeeze && noise_) return optimal_deflate(rows, max_noise_squeeze, lanes_);
    if (plan_.squeeze) {
      std::vector<std::uint8_t> own = optimal_deflate(rows, max_squeeze, lanes_);
      // For very compressible rows, libdeflate is sometimes smaller.
      if (own.size() > rows.size / 20) return own;
      std::vector<std::uint8_t> theirs = in_pieces(rows, plan_.final_level);
      return theirs.size() < own.size() ? theirs : own;
    }
    const bool rich = plan_.final_level == 10 && expected > rows.size / 10;
    if (rich && is_noise(rows)) return optimal_deflate(rows, noise_squeeze, lanes_);
    // For photographs and the like, a higher level is worth its time.
    const bool photograph = rich && expected > rows.size / 3;
    return in_pieces(rows, plan_.final_level + (photograph ? 1 : 0));
  }

  std::vector<std::uint8_t> compressed_small(std::span<const std::uint8_t> rows) {
    std::vector<std::uint8_t> own =
        optimal_deflate(rows, plan_.squeeze ? small_max_squeeze : small_squeeze);
    const auto theirs = deflaters_.front().zlib(rows, 12, own.size());
    if (theirs && theirs->size() < own.size()) own.assign(theirs->begin(), theirs->end());
    return own;
  }

  // Number of independent pieces into which data is cut for libdeflate. Without the window that
  // precedes it, a piece loses some 0.05 % of 2 MiB.
  static std::size_t pieces_of(const Content& rows) {
    constexpr std::size_t piece_size = std::size_t{2} << 20;
    return std::max<std::size_t>(rows.size / piece_size, 1);
  }

  // Compresses with libdeflate; large data in pieces, on all threads.
  std::vector<std::uint8_t> in_pieces(const Content& rows, int level) {
    const std::size_t count = pieces_of(rows);
    if (count == 1) {
      const auto stream = deflaters_.front().zlib(rows.all(), level, no_limit).value();
      return {stream.begin(), stream.end()};
    }
    std::vector<Piece> pieces(count);
    std::atomic<bool> understood = true;
    parallel_for(lanes_, count, [&](std::size_t i, std::size_t thread) {
      const auto raw = rows.part(i * rows.size / count, (i + 1) * rows.size / count);
      auto piece = piece_of(deflaters_[thread].raw(raw, level), raw, i + 1 == count);
      if (piece) {
        pieces[i] = *std::move(piece);
      } else {
        understood = false;
      }
    });
    // Should a future libdeflate write blocks that we cannot parse, use our own encoder.
    return understood ? zlib_stream_of(std::move(pieces))
                      : optimal_deflate(rows, noise_squeeze, lanes_);
  }

  // All filtered rows.
  Content whole(const Attempt& attempt) const {
    return filtered_content(*attempt.raster, attempt.strategy, lanes_);
  }

  const Plan& plan_;
  int lanes_ = 1;
  std::vector<Deflater> deflaters_;  ///< one per thread
  std::vector<Band> bands_;
  double scale_ = 1;
  int trial_level_ = 1;
  int second_level_ = 0;
  bool noise_ = false;  ///< valid after the second round
  std::vector<Attempt> attempts_;
};

Buffer smallest(Raster raster, const Surroundings& surroundings, const Options& options) {
  const Plan plan = plan_for(options.effort);
  Forms forms = forms_of(std::move(raster), surroundings.profile, options, plan);
  const FilterSearch::Winner winner = FilterSearch(plan, forms, options.threads).winner();
  // Writing the file needs the headers only.
  for (auto* list : {&forms.direct, &forms.indexed}) {
    for (Raster& form : *list) form.rows = {};
  }
  return write_file(*winner.raster, winner.stream, surroundings);
}

}  // namespace

Result<Buffer> optimize(ByteView input, const Options& options) {
  IMGMILL_TRY(File file, read_file(input));
  return smallest(std::move(file.raster), file.surroundings, options);
}

Buffer encode(Raster raster, ByteView profile, const Options& options) {
  Surroundings surroundings;
  std::vector<std::byte> chunk;
  if (!profile.empty()) {
    using std::string_view_literals::operator""sv;
    const ByteView name = as_bytes("icc\0\0"sv);  // name, terminator, compression method: deflate
    chunk.assign(name.begin(), name.end());
    Deflater deflater;
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(profile.data()),
                                              profile.size());
    const auto stream = std::as_bytes(deflater.zlib(bytes, 12, no_limit).value());
    chunk.insert(chunk.end(), stream.begin(), stream.end());
    surroundings.before.push_back({"iCCP", chunk});
    surroundings.profile = true;
  }
  return smallest(std::move(raster), surroundings, options);
}

}  // namespace imgmill::png
