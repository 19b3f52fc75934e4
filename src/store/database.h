// A thin wrapper around SQLite.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "store/content_hash.h"

struct sqlite3;
struct sqlite3_stmt;

namespace imgmill {

/// Concurrent access to the file.
enum class Sharing {
  with_processes,  ///< others may read and write; all wait for the writer, up to a timeout
  exclusive,       ///< this connection only; a second one fails to open
};

/// Durability of a commit when it returns.
enum class Durability {
  process,  ///< survives the end of this process, however it ends
  power,    ///< survives a power failure
};

/// One connection to one file, with a write-ahead log. Used by one thread at a time. All functions
/// may fail with environment, naming the file.
class Database {
 public:
  /// Creates the file if it is missing; its folder must exist.
  [[nodiscard]] static Result<Database> open(
      const std::filesystem::path& file, Sharing sharing,
      std::chrono::milliseconds patience = std::chrono::seconds(10));
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Runs statements without parameters or rows.
  [[nodiscard]] Result<void> run(const char* statements);
  /// Applies to subsequent commits. Do not call inside a transaction.
  [[nodiscard]] Result<void> set_durability(Durability durability);
  /// Rows changed by the last statement.
  [[nodiscard]] std::int64_t changes() const;
  /// True if SQLite has found the file to be corrupt.
  [[nodiscard]] bool damaged() const;
  [[nodiscard]] const std::filesystem::path& file() const;

 private:
  friend class Query;
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One use of a statement. Statements are compiled once per connection; at most one Query per text
/// may be in use at a time. The database must outlive it.
class Query {
 public:
  Query(Database& database, std::string_view sql);
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  /// Binds parameters in the order of their question marks. Text and blobs are held by reference
  /// and must outlive the query.
  template <typename... Values>
  Query& with(const Values&... values) {
    (bind(values), ...);
    return *this;
  }
  /// Advances to the next row. True if there is one.
  [[nodiscard]] Result<bool> next();
  /// For statements without rows.
  [[nodiscard]] Result<void> run();

  /// Columns of the row, counted from 0. Views are valid until next().
  [[nodiscard]] std::int64_t integer(int column) const;
  /// Nothing for NULL.
  [[nodiscard]] std::optional<double> real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] ByteView blob(int column) const;
  [[nodiscard]] std::optional<ContentHash> hash(int column) const;

 private:
  void bind(std::int64_t value);
  void bind(std::uint64_t value) { bind(static_cast<std::int64_t>(value)); }
  void bind(int value) { bind(static_cast<std::int64_t>(value)); }
  void bind(std::uint32_t value) { bind(static_cast<std::int64_t>(value)); }
  void bind(const std::optional<double>& value);
  void bind(std::string_view text);
  void bind(const std::string& text) { bind(std::string_view(text)); }
  void bind(ByteView bytes);
  void bind(const ContentHash& hash);
  void note(int code);

  Database::State& state_;
  sqlite3_stmt* statement_ = nullptr;
  int parameter_ = 0;
  int failed_ = 0;
};

/// Runs `body` between BEGIN IMMEDIATE and COMMIT; an error rolls back.
template <typename Body>
[[nodiscard]] Result<void> transaction(Database& database, Body body) {
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return begun;
  Result<void> outcome = body();
  if (outcome) outcome = database.run("COMMIT");
  // SQLite may already have rolled back by itself after some errors; then this has no effect.
  if (!outcome && !database.run("ROLLBACK")) return outcome;
  return outcome;
}

/// Opens `file` and creates its tables for `version` with `schema`. A file that is damaged or of
/// another version is moved aside (to FILE.damaged) and recreated; `note` then says so.
[[nodiscard]] Result<Database> open_or_restart(const std::filesystem::path& file, Sharing sharing,
                                               int version, const char* schema, std::string& note);

/// The state of a file that must not be recreated.
enum class Found {
  usable,
  damaged,  ///< corrupt, or not a database at all
  newer,    ///< of a version that this program does not know
};
struct Kept {
  Found found = Found::usable;
  std::optional<Database> database;  ///< set if usable
};

/// Opens `file`, checks all of it, and migrates its tables: `steps[n]` upgrades version n to
/// version n + 1, each in a transaction. An unusable file is left as it is.
[[nodiscard]] Result<Kept> open_kept(const std::filesystem::path& file, Sharing sharing,
                                     std::span<const char* const> steps);

}  // namespace imgmill
