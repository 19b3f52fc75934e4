// Which outputs imgmill has made of which inputs, so that it replaces and removes no others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgmill/error.h"
#include "platform/file.h"
#include "store/group_writer.h"
#include "store/known_result.h"

namespace imgmill {

/// One file (SQLite) for each pair of inputs and output folder; it outlives the process. All of it
/// is held in memory, some 400 bytes an output. An output is imgmill's as long as size, times and
/// identity are those it had when it was written. Thread-safe.
class MadeOutputs {
 public:
  /// `identity`: inputs and output folder. Errors: environment, also when another process watches
  /// the same.
  [[nodiscard]] static Result<std::unique_ptr<MadeOutputs>> open(
      const std::filesystem::path& folder, std::string_view identity, std::string& note);

  void record(const std::filesystem::path& input, const std::filesystem::path& output,
              const FileFacts& facts);
  void forget(const std::filesystem::path& output);

  struct Made {
    std::filesystem::path input;
    std::filesystem::path output;
    bool unchanged = false;  ///< the output is there and still imgmill's
  };
  /// Paths are absolute.
  [[nodiscard]] std::optional<Made> at(const std::filesystem::path& output) const;
  [[nodiscard]] std::vector<Made> made_of(const std::filesystem::path& input) const;
  /// Of all inputs below the folder.
  [[nodiscard]] std::vector<Made> made_below(const std::filesystem::path& folder) const;

 private:
  struct Row {
    std::string input;
    std::int64_t size = 0;
    std::int64_t modified = 0;  ///< nanoseconds
    std::int64_t changed = 0;
    std::int64_t inode = 0;
    std::int64_t device = 0;
    friend bool operator==(const Row&, const Row&) = default;
  };

  explicit MadeOutputs(Database database) : writer_(std::move(database)) {}
  [[nodiscard]] Result<void> load();
  [[nodiscard]] static Row row_of(std::string input, const FileFacts& facts);
  [[nodiscard]] static Made made(const std::string& output, const Row& row);
  void remember(std::string output, Row row);

  const AbsoluteNames names_;
  mutable std::mutex mutex_;
  std::map<std::string, Row> rows_;  ///< by output
  std::set<std::pair<std::string, std::string>> by_input_;
  GroupWriter writer_;
};

}  // namespace imgmill
