// The set of files that a run reads, so that it does not overwrite them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "platform/file.h"

namespace imgmill {

/// A set of files by identity, since one file can have many names. Lookups are thread-safe.
class InputFiles {
 public:
  /// Ignores files that cannot be examined.
  void add(const std::filesystem::path& path) {
    if (const auto key = key_of(path)) files_.emplace(*key, path);
  }
  /// Returns the name under which the file at `path` was added.
  [[nodiscard]] std::optional<std::filesystem::path> find(const std::filesystem::path& path) const {
    const auto key = key_of(path);
    const auto found = key ? files_.find(*key) : files_.end();
    return found == files_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  using Key = std::pair<std::uint64_t, std::uint64_t>;
  static std::optional<Key> key_of(const std::filesystem::path& path) {
    const Result<std::optional<FileFacts>> facts = facts_of(path);
    if (!facts || !*facts) return std::nullopt;
    return Key{std::uint64_t{(*facts)->device}, std::uint64_t{(*facts)->inode}};
  }

  std::map<Key, std::filesystem::path> files_;
};

}  // namespace imgmill
