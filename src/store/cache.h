// A cache of results, so that no image is processed twice.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "platform/file.h"
#include "store/content_hash.h"
#include "store/database.h"
#include "store/group_writer.h"
#include "store/known_result.h"

namespace imgmill {

/// The note on an input that is an output of an earlier run.
inline constexpr const char* ours_note = "already optimized by imgmill with these settings";

struct CacheStats {
  std::uint64_t results = 0;
  std::uint64_t files = 0;    ///< files whose contents are known by their timestamps
  std::uint64_t objects = 0;  ///< outputs whose bytes are stored
  std::uint64_t bytes = 0;    ///< approximate total size
};

/// A folder with an index (SQLite) and the outputs' bytes: the outcome for each content and recipe.
/// A recipe is the hash of everything an output depends on besides the input: settings, imgmill's
/// version, the engine's version. It does not include limits: they decide whether an image is
/// processed, not what the output is.
///
/// May be used by several processes at once. Thread-safe. The cache is disposable: missing,
/// incomplete or modified entries only cost work.
class Cache {
 public:
  /// Creates the folder if missing. Evicts the least recently used results once their total exceeds
  /// `max_bytes`. A damaged index is moved aside and recreated; `note` then says so. Errors:
  /// environment.
  [[nodiscard]] static Result<std::unique_ptr<Cache>> open(const std::filesystem::path& folder,
                                                           std::uint64_t max_bytes,
                                                           std::string& note);
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;
  /// Writes everything pending.
  ~Cache();

  // Lookup. Index errors count as a miss.

  /// Returns the result if, judging by timestamps, the input has not changed since its content was
  /// recorded, and `output` (null: irrelevant) holds the result of applying the recipe to it. Reads
  /// no files.
  [[nodiscard]] std::optional<KnownResult> unchanged(const std::filesystem::path& input,
                                                     const FileFacts& input_facts,
                                                     const std::filesystem::path* output,
                                                     const FileFacts* output_facts,
                                                     const ContentHash& recipe);
  [[nodiscard]] std::optional<KnownResult> find(const ContentHash& content,
                                                const ContentHash& recipe);
  /// The output's bytes, if stored and intact. Not for Decision::kept, whose bytes are the input's.
  /// Throws std::bad_alloc.
  [[nodiscard]] std::optional<Buffer> bytes_of(const ContentHash& content,
                                               const ContentHash& recipe, const KnownResult& known);

  // Recording. Done later, in groups; lost if the process is killed first.

  /// `bytes` are the output's; stored unless the decision is `kept`. `idempotent`: the recipe
  /// leaves its own outputs unchanged, so that an output used as an input is kept as it is.
  void remember(const ContentHash& content, const ContentHash& recipe, const KnownResult& known,
                ByteView bytes, bool idempotent);
  /// Records that `path` has this content and these file facts. `ours`: this process has just
  /// written the file. Other files are recorded only if their timestamps are old enough that a
  /// later change is certain to show.
  enum class Writer { ours, anybody };
  void remember_file(const std::filesystem::path& path, const FileFacts& facts,
                     const ContentHash& content, Writer writer);
  /// Blocks until everything is written. For tests and tools.
  void flush() { writer_.flush(); }

  [[nodiscard]] Result<CacheStats> stats();
  /// Removes everything that a cache has created in `folder`. Errors: environment.
  [[nodiscard]] static Result<void> clear(const std::filesystem::path& folder);

  /// True if an operation has found damage in the index. Then nothing in it can be relied on: close
  /// the cache and move it aside.
  [[nodiscard]] bool damaged();
  /// Renames a damaged index, so that a new one is created, and returns a sentence about it. No
  /// cache may be open there in this process. Errors: environment.
  [[nodiscard]] static Result<std::string> move_aside(const std::filesystem::path& folder);
  /// The first error that prevented something from being recorded, if any.
  [[nodiscard]] std::optional<Error> failure() const { return writer_.failure(); }

 private:
  Cache(std::filesystem::path folder, std::uint64_t max_bytes, Database reader, Database writer);
  void touch(const ContentHash& content, const ContentHash& recipe, std::int64_t used);
  void touch_waiting();
  Result<void> evict(Database& database);
  Result<std::uint64_t> evict_oldest(Database& database, std::uint64_t surplus,
                                     std::int64_t& last_used);
  [[nodiscard]] std::filesystem::path object_path(const ContentHash& content,
                                                  const ContentHash& recipe) const;
  [[nodiscard]] std::optional<Buffer> small_bytes_of(const ContentHash& content,
                                                     const ContentHash& recipe,
                                                     const KnownResult& known);
  bool store_object(const std::filesystem::path& object, ByteView bytes);

  const std::filesystem::path folder_;
  const AbsoluteNames names_;
  const std::uint64_t max_bytes_;
  std::mutex reader_mutex_;
  Database reader_;
  std::mutex touched_mutex_;
  std::vector<std::pair<ContentHash, ContentHash>> touched_;
  std::atomic<std::uint64_t> added_{0};  ///< bytes added since the total was last updated
  std::optional<std::uint64_t> total_;   ///< bytes in the index; used only by the writer thread
  std::atomic<bool> objects_fail_{false};
  GroupWriter writer_;
};

/// Hashes everything that an output depends on besides the input.
[[nodiscard]] ContentHash recipe_hash(std::string_view settings, std::string_view versions);

}  // namespace imgmill
