#include "jpeg/rate_model.h"

#include <algorithm>
#include <cmath>

namespace imgmill::jpeg {

RateModel RateModel::of(const Histogram& symbols) {
  double total = 0;
  for (const std::uint32_t count : symbols) total += count + 0.1;
  const auto bits = [&](std::size_t symbol) {
    return static_cast<float>(std::log2(total / (symbols[symbol] + 0.1)));
  };
  RateModel model;
  model.least_ = 100;
  for (std::size_t run = 0; run < 64; ++run) {
    for (std::size_t size = 1; size < 16; ++size) {
      const auto zeros = static_cast<float>(run / 16);
      model.table_[run * 16 + size] =
          zeros * bits(0xF0) + bits(run % 16 << 4 | size) + static_cast<float>(size);
      model.least_ = std::min(model.least_, model.table_[run * 16 + size]);
    }
  }
  model.end_ = bits(0);
  model.empty_ = bits(0);
  return model;
}

RateModel RateModel::usual() {
  // P(run, size) falls with both.
  Histogram symbols{};
  for (std::size_t run = 0; run < 16; ++run) {
    for (std::size_t size = 1; size < 11; ++size) {
      symbols[run << 4 | size] = static_cast<std::uint32_t>(
          30000 * std::exp2(-1.0 * static_cast<double>(size) - 0.45 * static_cast<double>(run) -
                            0.35 * static_cast<double>(run * (size - 1))));
    }
  }
  symbols[0xF0] = 100;
  symbols[0] = 12000;
  return of(symbols);
}

}  // namespace imgmill::jpeg
