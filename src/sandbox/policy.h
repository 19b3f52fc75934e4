// What a worker may ask of the kernel: the one table, default deny.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace imgmill {

enum class Action : std::uint8_t {
  allow,
  /// Answered with an errno value, for calls that libraries make by the way and
  /// do without. Everything else is trapped and ends the worker.
  refuse,
};

/// `(argument & mask) == value`. The kernel looks at the lower 32 bits only of
/// what it takes for an int: so does the mask then.
struct Condition {
  std::uint8_t argument = 0;  ///< counted from 0
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
};
/// As a value: the worker's own process number.
inline constexpr std::uint64_t own_process = ~std::uint64_t{0};

struct PolicyRow {
  const char* call;  ///< skipped on machines that have no such call
  Action action = Action::allow;
  int error = 0;                    ///< errno value, for refuse
  const char* conditions;           ///< `when` in words; "" when there is none
  std::span<const Condition> when;  ///< all of them; rows of one call are alternatives
  const char* reason;
};

[[nodiscard]] std::span<const PolicyRow> sandbox_policy();

/// Files the C library looks into by the way and does without. Opening one is
/// answered with "no such file" where any other ends the worker.
struct QuietFile {
  const char* path;
  const char* reason;
};
[[nodiscard]] std::span<const QuietFile> quiet_files();

}  // namespace imgmill
