// Which sets are up to date, so that a page's pictures cost one look at each file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/error.h"
#include "platform/file.h"
#include "store/content_hash.h"
#include "store/database.h"
#include "store/group_writer.h"
#include "store/known_result.h"

namespace imgmill {

/// A database (SQLite) in the folder of the cache: for each source and recipe (everything that the
/// set depends on besides the source, its output folder included), the files that were made and the
/// entry of the manifest. Several processes may use it at once. Thread-safe. Losing it costs work.
class SetRecords {
 public:
  static constexpr const char* file_name = "imgmill-sets.sqlite";

  /// Creates the folder if missing. A damaged file is moved aside; `note` then says so. Errors:
  /// environment.
  [[nodiscard]] static Result<std::unique_ptr<SetRecords>> open(const std::filesystem::path& folder,
                                                                std::string& note);

  struct Known {
    std::string entry;
    std::size_t files = 0;
    std::uint64_t bytes = 0;  ///< of these files
  };
  /// The set, if neither the source nor any of the files has changed since, judging by time stamps.
  [[nodiscard]] std::optional<Known> up_to_date(const std::filesystem::path& source,
                                                const FileFacts& source_facts,
                                                const ContentHash& recipe);
  /// True if the file at `path` is one that a set has put there, unchanged.
  [[nodiscard]] bool made(const std::filesystem::path& path);

  struct File {
    std::filesystem::path path;
    FileFacts facts;
  };
  /// Replaces what is known of this set and these files. Written later. `source_facts`: none if a
  /// later change might not show in them (see settled()); the set then never counts as up to date.
  void record(const std::filesystem::path& source, const std::optional<FileFacts>& source_facts,
              const ContentHash& recipe, std::string entry, const std::vector<File>& files);

 private:
  SetRecords(Database reader, Database writer)
      : reader_(std::move(reader)), writer_(std::move(writer)) {}
  [[nodiscard]] ContentHash key_of(const std::filesystem::path& source,
                                   const ContentHash& recipe) const;

  const AbsoluteNames names_;
  std::mutex reader_mutex_;
  Database reader_;
  GroupWriter writer_;
};

}  // namespace imgmill
