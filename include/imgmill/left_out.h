// Things in a folder that are not processed as images.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "imgmill/error.h"
#include "imgmill/export.h"

namespace imgmill {

/// Why something in a folder is not processed.
enum class LeftOutReason {
  no_image,         ///< judging by its name; `PlanRequest::all_files` looks inside
  other_picture,    ///< an image format that imgmill does not read, judging by its name
  hidden_file,      ///< its name begins with a dot
  hidden_folder,    ///< with everything below it
  linked_folder,    ///< `PlanRequest::follow_links` follows it
  excluded_file,    ///< by the patterns of the request
  excluded_folder,  ///< with everything below it
  special,          ///< a pipe, a device, or a dangling link
};

struct IMGMILL_API LeftOut {
  std::filesystem::path path;
  LeftOutReason reason = LeftOutReason::no_image;
  /// With `PlanRequest::copy_others`: destination of its copy; otherwise empty.
  std::filesystem::path copy_to = {};

  /// Returns a description for messages and counting: "txt", "camera raw", "hidden folder", ...
  [[nodiscard]] std::string kind() const;
};

/// Counts what was left out. A folder counts once, whatever it contains.
struct IMGMILL_API LeftOutSummary {
  /// Maximum number of distinct kinds; further ones are counted as "other".
  static constexpr std::size_t most_kinds = 64;

  std::uint64_t files = 0;
  std::map<std::string, std::uint64_t> kinds;

  void add(const LeftOut& left_out);
};

/// Outcome of copying a file that is not an image.
struct CopiedFile {
  std::filesystem::path from;
  std::filesystem::path to;
  std::uint64_t bytes = 0;
  bool was_there = false;  ///< with identical contents, or (ExistingOutput::skip) with any
  std::optional<Error> error = {};
};

struct IMGMILL_API CopySummary {
  std::uint64_t files = 0;   ///< copied
  std::uint64_t bytes = 0;   ///< of those
  std::uint64_t there = 0;   ///< already existed
  std::uint64_t failed = 0;  ///< could not be copied

  void add(const CopiedFile& file);
};

}  // namespace imgmill
