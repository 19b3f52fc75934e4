// The outcome for an image, as stored in databases.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/result.h"
#include "platform/file.h"
#include "store/content_hash.h"
#include "store/database.h"

namespace imgmill {

struct KnownResult : ImageOutcome {
  Format format = Format::jpeg;
  Format input_format = Format::jpeg;
  std::uint64_t size = 0;  ///< output size in bytes
  ContentHash output;
};

/// The columns of a result in SQL, and their number.
#define IMGMILL_RESULT_DEFINITION                                                           \
  "decision INTEGER, input_format INTEGER, format INTEGER, width INTEGER, height INTEGER, " \
  "frames INTEGER, size INTEGER, output BLOB, judgement TEXT, notes TEXT"
#define IMGMILL_RESULT_COLUMNS \
  "decision, input_format, format, width, height, frames, size, output, judgement, notes"
#define IMGMILL_RESULT_MARKS "?,?,?,?,?,?,?,?,?,?"
inline constexpr int result_columns = 10;

/// Storage for the columns that are built for a query; must outlive the query.
struct ResultTexts {
  std::string judgement;
  std::string notes;
};
/// Binds the columns.
void bind_result(Query& query, const KnownResult& known, ResultTexts& texts);
/// Reads the columns starting at `first`; nothing if they are invalid.
[[nodiscard]] std::optional<KnownResult> result_from(const Query& row, int first);

/// The columns used to detect that a file is unchanged: size, timestamps, inode and device. PREFIX
/// distinguishes several files in one row.
#define IMGMILL_FACTS_DEFINITION(PREFIX)                                                   \
  PREFIX "_size INTEGER, " PREFIX "_modified INTEGER, " PREFIX "_changed INTEGER, " PREFIX \
         "_inode INTEGER, " PREFIX "_device INTEGER"
#define IMGMILL_FACTS_COLUMNS(PREFIX) \
  PREFIX "_size, " PREFIX "_modified, " PREFIX "_changed, " PREFIX "_inode, " PREFIX "_device"
#define IMGMILL_FACTS_MARKS "?,?,?,?,?"
inline constexpr int facts_columns = 5;

void bind_facts(Query& query, const FileFacts& facts);
/// True if the columns starting at `first` hold these facts.
[[nodiscard]] bool same_facts(const Query& row, int first, const FileFacts& facts);

/// True if a change from now on is certain to show in the timestamps.
[[nodiscard]] bool settled(const FileFacts& facts);

/// Names for looking up files: absolute and without "." and "..". To find out if it is the same
/// file, compare its facts.
class AbsoluteNames {
 public:
  /// Stores the current folder.
  AbsoluteNames();
  [[nodiscard]] std::string of(const std::filesystem::path& path) const;

 private:
  std::string current_folder_;  ///< with a trailing slash
};

}  // namespace imgmill
