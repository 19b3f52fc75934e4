// The progress line: the state of a batch as one line of a given width.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "imgmill/result.h"

namespace imgmill::cli {

/// The progress of a batch.
struct Progress {
  std::uint64_t known = 0;         ///< tasks planned so far
  bool complete = false;           ///< `known` will not grow any more
  std::uint64_t done = 0;          ///< results given
  std::uint64_t failed = 0;        ///< of these
  std::uint64_t bytes_before = 0;  ///< of images that succeeded
  std::uint64_t bytes_after = 0;
  double per_second = 0;  ///< images per second; 0: not known yet
  std::string current;    ///< name of an image being processed, printable

  /// Counts one result.
  void add(const OptimizationResult& result);
  /// Estimated time left; nothing while it is unknown.
  [[nodiscard]] std::optional<std::chrono::seconds> time_left() const;
};

/// "[=====>    ] 1,234/3,000  41%  saved 1.2 GB (38%)  25.3 img/s  1 min 10 s left  IMG_1234.jpg"
/// in at most `width` columns: the least important parts are dropped first, and the name is
/// shortened before it is dropped. Pure; returns an empty line if nothing fits.
[[nodiscard]] std::string render_bar(const Progress& progress, std::size_t width);

/// "1,234 of 3,000 images, 41%, saved 1.2 GB (38%), 25.3 img/s": for logs.
[[nodiscard]] std::string render_line(const Progress& progress);

/// "saved 1.2 GB (38%)", or "grew by 3 kB (2%)"; empty when nothing was counted.
[[nodiscard]] std::string saved_text(std::uint64_t before, std::uint64_t after);
/// Percent saved; negative if the size grew.
[[nodiscard]] double saved_percent(std::uint64_t before, std::uint64_t after);

/// Measures images per second over about the last `span`, so that the time left follows a change of
/// pace. Not thread-safe.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Pace(Clock::time_point start) : old_time_(start), mid_time_(start) {}
  /// Returns images per second at `now`, with `done` images done.
  double at(Clock::time_point now, std::uint64_t done);

 private:
  static constexpr std::chrono::seconds span{15};
  Clock::time_point old_time_, mid_time_;
  std::uint64_t old_done_ = 0, mid_done_ = 0;
};

}  // namespace imgmill::cli
