// What earlier runs found out, so that nothing is worked on twice.
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

/// The note on an input that is the output of an earlier run.
inline constexpr const char* ours_note = "already optimized by imgmill with these settings";

struct CacheStats {
  std::uint64_t results = 0;
  std::uint64_t files = 0;    ///< whose contents are known by their time stamps
  std::uint64_t objects = 0;  ///< outputs whose bytes are kept
  std::uint64_t bytes = 0;    ///< of those, about
};

/// A folder with an index (SQLite) and the outputs' bytes: the outcome for each
/// content and recipe. A recipe is the hash of all that an output depends on besides
/// the input: settings, imgmill's version, the engine's. Limits are not in it: they
/// decide whether, not what.
///
///  May be used by several
/// processes at once. Thread-safe. Nothing in it is precious: what is missing,
/// torn or altered costs work and nothing else.
class Cache {
 public:
  /// Makes the folder when it is missing. Results that were not used longest go
  /// when all together take more than `max_bytes`. A damaged index is moved aside
  /// and begun anew; `note` then says so. Errors: environment.
  [[nodiscard]] static Result<std::unique_ptr<Cache>> open(const std::filesystem::path& folder,
                                                           std::uint64_t max_bytes,
                                                           std::string& note);
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;
  /// Writes what waits.
  ~Cache();

  // Looking up. Failures of the index count as not knowing.

  /// The result, when as far as time stamps tell the input has not changed since
  /// its content was known, and `output` (none: does not matter) holds what the
  /// recipe makes of it. Reads no file.
  [[nodiscard]] std::optional<KnownResult> unchanged(const std::filesystem::path& input,
                                                     const FileFacts& input_facts,
                                                     const std::filesystem::path* output,
                                                     const FileFacts* output_facts,
                                                     const ContentHash& recipe);
  [[nodiscard]] std::optional<KnownResult> find(const ContentHash& content,
                                                const ContentHash& recipe);
  /// The output's bytes, when they are here and whole. Not for Decision::kept,
  /// whose bytes are the input's. Throws std::bad_alloc.
  [[nodiscard]] std::optional<Buffer> bytes_of(const ContentHash& content,
                                               const ContentHash& recipe, const KnownResult& known);

  // Remembering. Done later, in groups; lost when the process is killed.

  /// `bytes` are the output's; kept unless the decision is `kept`. `idempotent`:
  /// the recipe leaves its own outputs alone, so that one that comes in again is
  /// kept as it is.
  void remember(const ContentHash& content, const ContentHash& recipe, const KnownResult& known,
                ByteView bytes, bool idempotent);
  /// `path` has this content and these facts. `ours`: this process has just put it
  /// there. Anybody else's file is only remembered when its time stamps are old
  /// enough that a later change must show in them.
  enum class Writer { ours, anybody };
  void remember_file(const std::filesystem::path& path, const FileFacts& facts,
                     const ContentHash& content, Writer writer);
  /// Waits until all that is written. For tests and tools.
  void flush() { writer_.flush(); }

  [[nodiscard]] Result<CacheStats> stats();
  /// Removes everything that a cache has put into `folder`. Errors: environment.
  [[nodiscard]] static Result<void> clear(const std::filesystem::path& folder);

  /// Whether the index has shown damage, which is found where it is used. Then nothing can be
  /// relied on: close the cache and move it aside.
  [[nodiscard]] bool damaged();
  /// Gives a damaged index another name, so that a new one is begun; a sentence about it. No
  /// cache may be open there in this process. Errors: environment.
  [[nodiscard]] static Result<std::string> move_aside(const std::filesystem::path& folder);
  /// The first reason why something could not be remembered, if there was one.
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
  std::atomic<std::uint64_t> added_{0};  ///< bytes since the index was last summed up
  std::optional<std::uint64_t> total_;   ///< of the index; the writing thread's
  std::atomic<bool> objects_fail_{false};
  GroupWriter writer_;
};

/// Hashes everything that an output depends on besides the input.
[[nodiscard]] ContentHash recipe_hash(std::string_view settings, std::string_view versions);

}  // namespace imgmill
