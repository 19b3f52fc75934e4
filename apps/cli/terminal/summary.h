// Results of a batch as readable text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "imgmill/batch.h"

namespace imgmill::cli {

/// True if this result is a failure to report. An image skipped because the batch was stopped is
/// not.
[[nodiscard]] bool is_failure(const OptimizationResult& result);

/// "photos/a.jpg: at read: it is gone; advice", printable, one line.
[[nodiscard]] std::string failure_text(const OptimizationResult& result);

/// "notes.txt: at copying: the disk is full; advice", printable, one line.
[[nodiscard]] std::string copy_failure_text(const CopiedFile& file);

/// "photos/a.jpg: 1.2 MB -> 500 kB, 58.1% saved, reencoded (score 80.2, quality 83,
/// 2 encodes; avif 500 kB, webp 620 kB; a note)".
[[nodiscard]] std::string result_text(const OptimizationResult& result);

/// Data for the closing summary beyond BatchSummary. Bounded: keeps the first distinct notes and
/// counts the rest. Failures are reported when they happen.
class Tally {
 public:
  void add(const OptimizationResult& result);

  static constexpr std::size_t most_notes = 20;

  std::uint64_t done = 0;           ///< succeeded, neither skipped nor only planned
  std::uint64_t planned = 0;        ///< dry run
  std::uint64_t planned_bytes = 0;  ///< size of their inputs
  std::uint64_t failed = 0;
  std::map<std::string, std::uint64_t> notes;
  std::uint64_t other_notes = 0;
};

/// Returns the closing summary: printable lines separated by line feeds.
[[nodiscard]] std::string summary_text(const BatchSummary& summary, const Tally& tally,
                                       bool interrupted);

}  // namespace imgmill::cli
