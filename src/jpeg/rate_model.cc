#include "jpeg/rate_model.h"

#include <cmath>

namespace imgmill::jpeg {
namespace {

constexpr std::size_t sixteen_zeros = 0xF0;

}  // namespace

RateModel RateModel::of(const Histogram& symbols) {
  // Symbols that have not been seen may still occur.
  constexpr double unseen = 0.1;
  double total = 0;
  for (const std::uint32_t count : symbols) total += count + unseen;
  const auto bits = [&](std::size_t symbol) {
    return static_cast<float>(std::log2(total / (symbols[symbol] + unseen)));
  };
  RateModel model;
  for (std::size_t size = 1; size < sizes; ++size) {
    for (std::size_t run = 0; run < runs; ++run) {
      model.table_[size * runs + run] = static_cast<float>(run / 16) * bits(sixteen_zeros) +
                                        bits(run % 16 << 4 | size) + static_cast<float>(size);
    }
  }
  model.end_ = bits(0);
  return model;
}

RateModel RateModel::usual() {
  // The frequency of symbols decreases by these powers of two for each bit of size, each zero of
  // the run, and for both together.
  constexpr double by_size = 1;
  constexpr double by_run = 0.45;
  constexpr double by_both = 0.35;
  Histogram symbols{};
  for (std::size_t run = 0; run < 16; ++run) {
    for (std::size_t size = 1; size < 11; ++size) {
      const auto r = static_cast<double>(run);
      const auto s = static_cast<double>(size);
      symbols[run << 4 | size] = static_cast<std::uint32_t>(
          30000 * std::exp2(-by_size * s - by_run * r - by_both * r * (s - 1)));
    }
  }
  symbols[sixteen_zeros] = 100;
  symbols[0] = 12000;
  return of(symbols);
}

}  // namespace imgmill::jpeg
