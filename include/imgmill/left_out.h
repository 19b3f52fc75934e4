// What lies in a folder beside the images that are worked on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "imgmill/error.h"
#include "imgmill/export.h"

namespace imgmill {

/// Why something in a folder is not worked on.
enum class LeftOutReason {
  no_image,         ///< by its name; `PlanRequest::all_files` looks inside
  other_picture,    ///< a kind of picture that imgmill does not read, by its name
  hidden_file,      ///< its name begins with a dot
  hidden_folder,    ///< with all below it
  linked_folder,    ///< `PlanRequest::follow_links` goes in
  excluded_file,    ///< by the patterns of the request
  excluded_folder,  ///< with all below it
  special,          ///< a pipe, a device, or a link that leads nowhere
};

struct IMGMILL_API LeftOut {
  std::filesystem::path path;
  LeftOutReason reason = LeftOutReason::no_image;
  /// With `PlanRequest::copy_others`: where a copy of it goes; else empty.
  std::filesystem::path copy_to = {};

  /// What it is, for people and for counting: "txt", "camera raw", "hidden folder", ...
  [[nodiscard]] std::string kind() const;
};

/// Counts what was left out. A folder counts once, whatever is in it.
struct IMGMILL_API LeftOutSummary {
  /// So many kinds are told apart; all others are counted as "other".
  static constexpr std::size_t most_kinds = 64;

  std::uint64_t files = 0;
  std::map<std::string, std::uint64_t> kinds;

  void add(const LeftOut& left_out);
};

/// What became of a file that was to be copied beside the images.
struct CopiedFile {
  std::filesystem::path from;
  std::filesystem::path to;
  std::uint64_t bytes = 0;
  bool was_there = false;  ///< with these very bytes, or (ExistingOutput::skip) with any
  std::optional<Error> error = {};
};

struct IMGMILL_API CopySummary {
  std::uint64_t files = 0;   ///< copied
  std::uint64_t bytes = 0;   ///< of those
  std::uint64_t there = 0;   ///< were there already
  std::uint64_t failed = 0;  ///< without a copy

  void add(const CopiedFile& file);
};

}  // namespace imgmill
