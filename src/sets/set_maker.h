// Makes the set of one picture.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "imgmill/batch.h"
#include "pipeline/byte_budget.h"
#include "platform/file.h"
#include "sets/set_options.h"
#include "sets/set_writer.h"
#include "sets/sets.h"
#include "store/cache.h"

namespace imgmill {

/// A set that is being made. Its variants may be made by several threads.
struct OpenSet {
  struct Slot {
    explicit Slot(ImageSettings given) : settings(given) {}
    ImageSettings settings;
    Result<Optimized> made = std::unexpected(
        Error(ErrorCode::cancelled, "stopped before it was done", "run again for the rest"));
  };

  explicit OpenSet(SetTask task) : what(std::move(task)) {}

  const SetTask what;
  const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  ByteBudget::Permit permit;  ///< for the bytes of the input
  FileContents input;
  bool settled = false;  ///< a change since it was read is certain to show
  ContentHash content;
  Placeholder placeholder;
  std::vector<Slot> slots;           ///< format by format
  std::atomic<std::size_t> left{0};  ///< slots that are not done
};

struct SetOutcome {
  OptimizationResult result;
  std::string entry;  ///< of the manifest; empty after a failure
};

/// The steps from a source to its set. Thread-safe.
class SetMaker {
 public:
  /// References outlive the maker; `cache` may be null.
  SetMaker(const SetOptions& options, const BatchOptions& batch, SetTools tools, Cache* cache,
           SetWriter& writer)
      : options_(options),
        batch_(batch),
        tools_(std::move(tools)),
        cache_(cache),
        writer_(writer),
        widths_(device_widths(options)),
        budget_(batch.byte_budget) {}

  /// Reads the source, looks at it and plans its variants.
  [[nodiscard]] std::expected<std::shared_ptr<OpenSet>, OptimizationResult> open(
      SetTask what, const std::stop_token& stop);
  /// Makes one variant. Returns true if it was the last one; then comes finish().
  [[nodiscard]] bool make(OpenSet& set, std::size_t slot, const std::stop_token& stop);
  [[nodiscard]] SetOutcome finish(OpenSet& set);

 private:
  void plan_variants(OpenSet& set) const;
  [[nodiscard]] Result<Optimized> made(const OpenSet& set, const ImageSettings& settings);
  [[nodiscard]] Result<Placeholder> placeholder_for(
      const OpenSet& set, const std::vector<ChosenVariant>& variants) const;

  const SetOptions& options_;
  const BatchOptions& batch_;
  const SetTools tools_;
  Cache* const cache_;
  SetWriter& writer_;
  const std::vector<std::uint32_t> widths_;
  ByteBudget budget_;
};

/// The result of a set, without what came out.
[[nodiscard]] OptimizationResult result_of(const SetTask& what, Stage stage);

}  // namespace imgmill
