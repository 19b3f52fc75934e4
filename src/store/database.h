// SQLite, as thin as it can be.
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

/// Who else may have the file open.
enum class Sharing {
  with_processes,  ///< others may read and write; everybody waits a while for the writer
  exclusive,       ///< this connection alone; a second one fails to open
};

/// How far a commit has got when it returns.
enum class Durability {
  process,  ///< outlives this process, however it ends
  power,    ///< outlives the machine's power
};

/// One connection to one file, with a write-ahead log. Used by one thread at a
/// time. Errors of everything: environment, naming the file.
class Database {
 public:
  /// Makes the file when it is missing; its folder must be there.
  [[nodiscard]] static Result<Database> open(
      const std::filesystem::path& file, Sharing sharing,
      std::chrono::milliseconds patience = std::chrono::seconds(10));
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Statements without parameters and rows.
  [[nodiscard]] Result<void> run(const char* statements);
  /// For the commits that follow. Not inside a transaction.
  [[nodiscard]] Result<void> set_durability(Durability durability);
  /// Rows changed by the last statement.
  [[nodiscard]] std::int64_t changes() const;
  /// Whether SQLite has found the file to be no sound database.
  [[nodiscard]] bool damaged() const;
  [[nodiscard]] const std::filesystem::path& file() const;

 private:
  friend class Query;
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One use of a statement. Statements are compiled once for each connection; at
/// most one use of each text at a time. The database outlives it.
class Query {
 public:
  Query(Database& database, std::string_view sql);
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  /// Parameters in the order of their question marks. Text and blobs are kept by
  /// reference and outlive the query.
  template <typename... Values>
  Query& with(const Values&... values) {
    (bind(values), ...);
    return *this;
  }
  /// Whether there is a (next) row.
  [[nodiscard]] Result<bool> next();
  /// For statements without rows.
  [[nodiscard]] Result<void> run();

  /// Columns of the row, from 0. Views are valid until next().
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
  // After some errors SQLite has rolled back by itself; then this one is in vain.
  if (!outcome && !database.run("ROLLBACK")) return outcome;
  return outcome;
}

/// Opens `file` and brings its tables to `version` with `schema`. A file that is
/// damaged or of another version is moved aside (to FILE.damaged) and started
/// anew; `note` then says so.
[[nodiscard]] Result<Database> open_or_restart(const std::filesystem::path& file, Sharing sharing,
                                               int version, const char* schema, std::string& note);

/// What a file turned out to be that must not be begun anew.
enum class Found {
  usable,
  damaged,  ///< not even a database, or not a sound one
  newer,    ///< of a version that this program does not know
};
struct Kept {
  Found found = Found::usable;
  std::optional<Database> database;  ///< where it is usable
};

/// Opens `file`, looks all of it over, and brings its tables up to date: `steps[n]` makes version
/// n + 1 of version n, each in a transaction. A file that is not usable is left as it is.
[[nodiscard]] Result<Kept> open_kept(const std::filesystem::path& file, Sharing sharing,
                                     std::span<const char* const> steps);

}  // namespace imgmill
