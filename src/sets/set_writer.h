// Names and writes the files of a set, and records it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "imgmill/batch.h"
#include "platform/atomic_file.h"
#include "sets/set_entry.h"
#include "sets/set_options.h"
#include "sets/variant_names.h"
#include "store/set_records.h"

namespace imgmill {

/// A picture of which a set is to be made.
struct SetTask {
  std::uint64_t index = 0;  ///< of its result
  ImageTask task;           ///< with an output of any name in the folder of the set
  std::string folder;       ///< of the set, below the output folder: "" or with a trailing '/'
  ContentHash recipe;       ///< of the set, see SetRecords

  [[nodiscard]] std::string source() const { return folder + task.input_path.filename().native(); }
};

/// A variant that is part of a set.
struct ChosenVariant {
  const Optimized* made = nullptr;
  ByteView bytes;
};

/// Thread-safe.
class SetWriter {
 public:
  struct Context {
    const SetOptions& options;
    const VariantNames& names;
    const TaskSource& tasks;        ///< knows all inputs, none of which is replaced
    std::filesystem::path output;   ///< the output folder
    bool overwrite = false;         ///< files that no set has made
    SetRecords* records = nullptr;  ///< may be null
  };
  explicit SetWriter(const Context& context) : context_(context) {}

  struct Source {
    const SetTask& what;
    const FileFacts& facts;
    /// The set counts as up to date as long as nothing changes; not if a change of the source might
    /// not show.
    bool lasting = false;
  };
  /// Writes all files, and then records the set. Returns its entry of the manifest. Errors: usage
  /// (names that are another set's or an input's), environment.
  [[nodiscard]] Result<std::string> write(const Source& source,
                                          const std::vector<ChosenVariant>& variants,
                                          const Placeholder& placeholder);

 private:
  [[nodiscard]] Result<void> claim(const Source& source, const std::filesystem::path& path);
  [[nodiscard]] Result<std::optional<FileFacts>> place(const Source& source,
                                                       const std::filesystem::path& path,
                                                       ByteView bytes);

  const Context context_;
  std::mutex mutex_;
  struct Claim {
    std::uint64_t index = 0;
    std::filesystem::path input;
  };
  std::unordered_map<std::string, Claim> claims_;  ///< by folded path
};

struct PlacedText {
  bool placed = false;             ///< false: the name is taken
  std::optional<FileFacts> facts;  ///< of the file that was placed, if known
};
/// Writes a text file with the permissions of new files. Errors: environment.
[[nodiscard]] Result<PlacedText> write_text(const std::filesystem::path& path,
                                            std::string_view text, Replace replace);

}  // namespace imgmill
