#include "png/filter_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "png/parallel_for.h"

namespace imgmill::png {
namespace {

constexpr std::array<Filter, filters> all_filters = {Filter::none, Filter::sub, Filter::up,
                                                     Filter::average, Filter::paeth};

std::span<const std::uint8_t> row_of(const Raster& raster, std::uint32_t y) {
  const std::size_t stride = raster.stride();
  return std::span<const std::uint8_t>(raster.rows).subspan(y * stride, stride);
}

std::span<const std::uint8_t> row_above(const Raster& raster, std::uint32_t y) {
  return y == 0 ? std::span<const std::uint8_t>{} : row_of(raster, y - 1);
}

// Returns the filter with the lowest cost; on a tie, the first.
template <typename Cost>
Filter cheapest(const Cost& cost) {
  Filter best = Filter::none;
  auto least = cost(Filter::none);
  for (const Filter filter : {Filter::sub, Filter::up, Filter::average, Filter::paeth}) {
    if (const auto now = cost(filter); now < least) {
      least = now;
      best = filter;
    }
  }
  return best;
}

/// n log2 n, from a table for small n.
class Weights {
 public:
  Weights() {
    for (std::size_t n = 1; n < table_.size(); ++n) table_[n] = exact(n);
  }
  [[nodiscard]] float of(std::uint32_t n) const { return n < table_.size() ? table_[n] : exact(n); }

 private:
  static float exact(std::size_t n) {
    return static_cast<float>(n) * std::log2(static_cast<float>(n));
  }
  std::array<float, 2048> table_{};
};

const Weights& weights() {
  static const Weights all;
  return all;
}

// Sum of n log2 n over the counts of all bytes; the larger, the lower the entropy.
float concentration(const std::uint8_t* bytes, std::size_t size) {
  // Four tables, so that runs of one byte do not stall on each other.
  std::array<std::array<std::uint32_t, 256>, 4> count{};
  std::size_t i = 0;
  for (; i + 4 <= size; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) ++count[k][bytes[i + k]];
  }
  for (; i < size; ++i) ++count[0][bytes[i]];
  const Weights& weight = weights();
  float sum = 0;
  for (std::size_t value = 0; value < 256; ++value) {
    sum += weight.of(count[0][value] + count[1][value] + count[2][value] + count[3][value]);
  }
  return sum;
}

/// Pairs of bytes in one row.
class Bigrams {
 public:
  // Number of distinct pairs.
  std::uint32_t different(const std::uint8_t* bytes, std::size_t size) {
    seen_.fill(0);
    std::uint32_t count = 0;
    std::uint32_t pair = bytes[0];
    for (std::size_t i = 1; i < size; ++i) {
      pair = (pair << 8 | bytes[i]) & 0xFFFF;
      std::uint64_t& word = seen_[pair >> 6];
      const std::uint64_t bit = std::uint64_t{1} << (pair & 63);
      count += (word & bit) == 0 ? 1 : 0;
      word |= bit;
    }
    return count;
  }

  // Sum of n log2 n over the counts of the pairs.
  float concentration(const std::uint8_t* bytes, std::size_t size) {
    counts_.resize(65536);
    touched_.clear();
    std::uint32_t pair = bytes[0];
    for (std::size_t i = 1; i < size; ++i) {
      pair = (pair << 8 | bytes[i]) & 0xFFFF;
      if (counts_[pair]++ == 0) touched_.push_back(static_cast<std::uint16_t>(pair));
    }
    const Weights& weight = weights();
    float sum = 0;
    for (const std::uint16_t one : touched_) {
      sum += weight.of(counts_[one]);
      counts_[one] = 0;
    }
    return sum;
  }

 private:
  std::array<std::uint64_t, 1024> seen_{};
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint16_t> touched_;
};

}  // namespace

FilterChoice choose_filters(const Raster& raster, Strategy strategy, std::span<const Band> bands) {
  const auto number = static_cast<std::size_t>(strategy);
  if (number < filters) return FilterChoice(raster.height, all_filters[number]);

  FilterChoice choice(raster.height, Filter::none);
  FilteredRow row(raster.stride());
  Bigrams bigrams;
  const auto choose = [&] {
    switch (strategy) {
      case Strategy::entropy:
        return cheapest([&](Filter f) { return -concentration(row.bytes(f), row.size()); });
      case Strategy::bigrams:
        return cheapest([&](Filter f) { return bigrams.different(row.bytes(f), row.size()); });
      case Strategy::bigram_entropy:
        return cheapest([&](Filter f) { return -bigrams.concentration(row.bytes(f), row.size()); });
      default:
        return cheapest([&](Filter f) { return row.sum(f); });
    }
  };
  for (const Band& band : bands) {
    for (std::uint32_t y = band.begin; y < band.end; ++y) {
      row.filter(row_of(raster, y), row_above(raster, y), raster.step());
      choice[y] = choose();
    }
  }
  return choice;
}

std::vector<std::uint8_t> filtered(const Raster& raster, const FilterChoice& choice,
                                   std::span<const Band> bands) {
  const std::size_t stride = raster.stride();
  std::size_t rows = 0;
  for (const Band& band : bands) rows += band.end - band.begin;
  std::vector<std::uint8_t> out((stride + 1) * rows);
  std::uint8_t* to = out.data();
  FilteredRow row(stride);
  for (const Band& band : bands) {
    for (std::uint32_t y = band.begin; y < band.end; ++y, to += stride + 1) {
      *to = static_cast<std::uint8_t>(choice[y]);
      if (choice[y] == Filter::none) {
        std::memcpy(to + 1, row_of(raster, y).data(), stride);
        continue;
      }
      row.filter(row_of(raster, y), row_above(raster, y), raster.step());
      std::memcpy(to + 1, row.bytes(choice[y]), stride);
    }
  }
  return out;
}

Content filtered_content(const Raster& raster, Strategy strategy, int thread_count) {
  FilterChoice choice(raster.height, Filter::none);
  // Several parts per thread, since some take longer than others.
  const std::uint32_t parts =
      std::min(thread_count > 1 ? 4 * static_cast<std::uint32_t>(thread_count) : 1, raster.height);
  parallel_for(thread_count, parts, [&](std::size_t i, std::size_t) {
    const auto border = [&](std::uint64_t part) {
      return static_cast<std::uint32_t>(part * raster.height / parts);
    };
    const std::array band = {Band{border(i), border(i + 1)}};
    const FilterChoice chosen = choose_filters(raster, strategy, band);
    std::copy(chosen.begin() + band[0].begin, chosen.begin() + band[0].end,
              choice.begin() + band[0].begin);
  });
  const std::size_t row = raster.stride() + 1;
  return {row * raster.height,
          [&raster, row, choice = std::move(choice)](std::size_t begin, std::size_t end) {
            const std::array band = {Band{static_cast<std::uint32_t>(begin / row),
                                          static_cast<std::uint32_t>((end + row - 1) / row)}};
            std::vector<std::uint8_t> bytes = filtered(raster, choice, band);
            const std::size_t before = begin - band[0].begin * row;
            bytes.resize(before + (end - begin));
            bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(before));
            return bytes;
          }};
}

}  // namespace imgmill::png
