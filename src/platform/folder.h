// Lists the contents of a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/error.h"

namespace imgmill {

enum class EntryKind : char { file = 'f', folder = 'd', link = 'l', other = 'o' };

/// The names in one folder in byte order, without "." and "..". Packed, at about 6 bytes each on
/// top of the name, since a folder may hold a million.
class FolderListing {
 public:
  struct Entry {
    std::string_view name;
    EntryKind kind;
  };

  [[nodiscard]] std::size_t size() const { return starts_.size(); }
  /// The name is valid as long as the listing lives.
  [[nodiscard]] Entry operator[](std::size_t i) const;

 private:
  friend Result<FolderListing> list_folder(const std::filesystem::path& folder);
  std::string names_;  ///< kind, name, NUL; repeated
  std::vector<std::uint32_t> starts_;
};

/// Errors: environment, if the folder cannot be read completely.
[[nodiscard]] Result<FolderListing> list_folder(const std::filesystem::path& folder);

}  // namespace imgmill
