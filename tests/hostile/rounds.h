// How long to try random inputs, and which.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imgmill::test {

struct Rounds {
  std::chrono::seconds time{0};
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> one;  ///< only this case, of `seed`

  /// Takes one of --seconds, --seed and --one. Returns false for other names, and for anything but
  /// a number.
  bool take(std::string_view name, std::string_view value) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size()) return false;
    if (name == "--seconds") {
      time = std::chrono::seconds(number);
    } else if (name == "--seed") {
      seed = number;
    } else if (name == "--one") {
      one = number;
    } else {
      return false;
    }
    return true;
  }
};

}  // namespace imgmill::test
