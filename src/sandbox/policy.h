// System calls that a worker may make: a single table, default deny.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace imgmill {

enum class Action : std::uint8_t {
  allow,
  /// Fails with an errno value, for incidental library calls that are not essential. Everything
  /// else is trapped and terminates the worker.
  refuse,
};

/// `(argument & mask) == value`. For int arguments the kernel uses the lower 32 bits only, and so
/// must the mask.
struct Condition {
  std::uint8_t argument = 0;  ///< counted from 0
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
};
/// As a value: the worker's own process ID.
inline constexpr std::uint64_t own_process = ~std::uint64_t{0};

struct PolicyRow {
  const char* call;  ///< skipped on machines without that call
  Action action = Action::allow;
  int error = 0;                    ///< errno value, for refuse
  const char* conditions;           ///< `when` in words; "" if there is none
  std::span<const Condition> when;  ///< all must hold; rows of the same call are alternatives
  const char* reason;
};

[[nodiscard]] std::span<const PolicyRow> sandbox_policy();

/// Files that the C library tries to open but does not need. Opening one fails with "no such file";
/// opening any other terminates the worker.
struct QuietFile {
  const char* path;
  const char* reason;
};
[[nodiscard]] std::span<const QuietFile> quiet_files();

}  // namespace imgmill
