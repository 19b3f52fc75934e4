#include "store/database.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <system_error>
#include <utility>

#include "base/text.h"
#include "base/try.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

std::string_view advice_for(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "free some space on that disk, or choose another folder";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another imgmill uses it; wait until that has ended";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return "check the permissions of its folder, or choose another one";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "remove it; it will be made anew";
    default:
      return "check the disk, or choose another folder";
  }
}

}  // namespace

struct Database::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    for (auto& [sql, statement] : statements) sqlite3_finalize(statement);
    sqlite3_close(connection);
  }

  Error error(int code) const {
    const std::string reason =
        connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    return Error(
        ErrorCode::environment,
        fmt::format("cannot use the database '{}': {}", printable(file), printable(reason)),
        std::string(advice_for(code)));
  }
  /// Records damage, wherever it is found.
  void note(int code) {
    const int kind = code & 0xff;
    if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB) damaged = true;
  }

  sqlite3* connection = nullptr;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements;
  fs::path file;
  bool damaged = false;
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const fs::path& file, Sharing sharing,
                                std::chrono::milliseconds patience) {
  auto state = std::make_unique<State>();
  state->file = file;
  const int code =
      sqlite3_open_v2(file.c_str(), &state->connection,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) return std::unexpected(state->error(code));
  sqlite3_extended_result_codes(state->connection, 1);
  sqlite3_busy_timeout(state->connection, static_cast<int>(patience.count()));
  Database database(std::move(state));
  // Set exclusive locking before WAL, so that no shared memory file is created.
  if (sharing == Sharing::exclusive) IMGMILL_CHECK(database.run("PRAGMA locking_mode=EXCLUSIVE"));
  IMGMILL_CHECK(database.run("PRAGMA journal_mode=WAL; PRAGMA cache_size=-16000"));
  IMGMILL_CHECK(database.set_durability(Durability::process));
  return database;
}

Result<void> Database::run(const char* statements) {
  const int code = sqlite3_exec(state_->connection, statements, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  state_->note(code);
  return std::unexpected(state_->error(code));
}

Result<void> Database::set_durability(Durability durability) {
  // NORMAL writes each commit to the log and syncs only at checkpoints.
  return run(durability == Durability::power ? "PRAGMA synchronous=FULL"
                                             : "PRAGMA synchronous=NORMAL");
}

std::int64_t Database::changes() const { return sqlite3_changes64(state_->connection); }
bool Database::damaged() const { return state_->damaged; }
const fs::path& Database::file() const { return state_->file; }

Query::Query(Database& database, std::string_view sql) : state_(*database.state_) {
  const auto known = state_.statements.find(sql);
  if (known != state_.statements.end()) {
    statement_ = known->second;
    return;
  }
  note(sqlite3_prepare_v3(state_.connection, sql.data(), static_cast<int>(sql.size()),
                          SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
  if (statement_ != nullptr) state_.statements.emplace(sql, statement_);
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Query::note(int code) {
  if (code == SQLITE_OK || failed_ != 0) return;
  failed_ = code;
  state_.note(code);
}

Result<bool> Query::next() {
  if (failed_ == 0) {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    note(code);
  }
  return std::unexpected(state_.error(failed_));
}

Result<void> Query::run() {
  IMGMILL_CHECK(next());
  return {};
}

void Query::bind(std::int64_t value) {
  if (failed_ == 0) note(sqlite3_bind_int64(statement_, ++parameter_, value));
}
void Query::bind(const std::optional<double>& value) {
  if (failed_ != 0) return;
  ++parameter_;
  note(value ? sqlite3_bind_double(statement_, parameter_, *value)
             : sqlite3_bind_null(statement_, parameter_));
}
void Query::bind(std::string_view text) {
  if (failed_ != 0) return;
  note(sqlite3_bind_text64(statement_, ++parameter_, text.data(), text.size(), SQLITE_STATIC,
                           SQLITE_UTF8));
}
void Query::bind(ByteView bytes) {
  if (failed_ != 0) return;
  note(sqlite3_bind_blob64(statement_, ++parameter_, bytes.data(), bytes.size(), SQLITE_STATIC));
}
void Query::bind(const ContentHash& hash) {
  if (failed_ != 0) return;
  const auto bytes = hash.bytes();
  note(sqlite3_bind_blob64(statement_, ++parameter_, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::optional<double> Query::real(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_double(statement_, column);
}

std::string_view Query::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

ByteView Query::blob(int column) const {
  const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<ContentHash> Query::hash(int column) const { return ContentHash::from(blob(column)); }

namespace {

fs::path beside(const fs::path& file, const char* suffix) {
  fs::path result = file;
  result += suffix;
  return result;
}

/// The schema version stored in the file; 0: new file.
Result<std::int64_t> version_of(Database& database) {
  Query query(database, "PRAGMA user_version");
  IMGMILL_TRY(const bool row, query.next());
  return row ? query.integer(0) : 0;
}

struct Opened {
  std::optional<Database> database;  ///< empty: not usable as it is
};

/// Opens a database. The result is empty if the file is not a database.
Result<Opened> open_patiently(const fs::path& file, Sharing sharing) {
  // A process that locks a file exclusively keeps it for long; other locks are brief.
  const auto patience =
      sharing == Sharing::exclusive ? std::chrono::seconds(1) : std::chrono::seconds(10);
  Result<Database> database = Database::open(file, sharing, patience);
  if (database) return Opened{*std::move(database)};
  // Besides our own message this matches SQLite's for a file whose header is not a database's.
  std::error_code error;
  const bool there = fs::is_regular_file(file, error);
  const std::string& why = database.error().message();
  if (there && (why.contains("not a database") || why.contains("malformed"))) return Opened{};
  return std::unexpected(std::move(database).error());
}

Result<Opened> open_as(const fs::path& file, Sharing sharing, int version, const char* schema) {
  IMGMILL_TRY(Opened opened, open_patiently(file, sharing));
  if (!opened.database) return opened;
  Database* const database = &*opened.database;
  const auto prepared = [&]() -> Result<bool> {
    IMGMILL_TRY(const std::int64_t found, version_of(*database));
    if (found == version) return true;
    if (found != 0) return false;
    const Result<void> made = transaction(*database, [&]() -> Result<void> {
      // Another process may have been faster.
      IMGMILL_TRY(const std::int64_t now, version_of(*database));
      if (now == version) return {};
      IMGMILL_CHECK(database->run(schema));
      return database->run(fmt::format("PRAGMA user_version={}", version).c_str());
    });
    if (!made) return std::unexpected(made.error());
    return true;
  }();
  if (prepared && *prepared) return opened;
  if (!prepared && !database->damaged()) return std::unexpected(prepared.error());
  return Opened{};
}

}  // namespace

Result<Database> open_or_restart(const fs::path& file, Sharing sharing, int version,
                                 const char* schema, std::string& note) {
  IMGMILL_TRY(Opened first, open_as(file, sharing, version, schema));
  if (first.database) return *std::move(first.database);
  std::error_code error;
  const fs::path aside = beside(file, ".damaged");
  fs::rename(file, aside, error);
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(beside(file, suffix), error);
  note = fmt::format("'{}' is damaged or of another version; it was moved to '{}' and begun anew",
                     printable(file), printable(aside));
  IMGMILL_TRY(Opened second, open_as(file, sharing, version, schema));
  if (second.database) return *std::move(second.database);
  return fail(ErrorCode::environment,
              fmt::format("the database '{}' can be neither read nor made anew", printable(file)),
              "remove it, or choose another folder");
}

namespace {

/// Migrates by one version, in one transaction.
Result<void> take_step(Database& database, const char* step, std::int64_t to) {
  return transaction(database, [&]() -> Result<void> {
    IMGMILL_CHECK(database.run(step));
    return database.run(fmt::format("PRAGMA user_version={}", to).c_str());
  });
}

Result<Found> examine(Database& database, std::span<const char* const> steps) {
  const auto last = static_cast<std::int64_t>(steps.size());
  IMGMILL_TRY(const std::int64_t found, version_of(database));
  if (found < 0 || found > last) return Found::newer;
  {
    Query check(database, "PRAGMA quick_check(1)");
    IMGMILL_TRY(const bool row, check.next());
    if (!row || check.text(0) != "ok") return Found::damaged;
  }
  for (std::int64_t version = found; version < last; ++version) {
    IMGMILL_CHECK(take_step(database, steps[static_cast<std::size_t>(version)], version + 1));
  }
  return Found::usable;
}

}  // namespace

Result<Kept> open_kept(const fs::path& file, Sharing sharing, std::span<const char* const> steps) {
  IMGMILL_TRY(Opened opened, open_patiently(file, sharing));
  if (!opened.database) return Kept{Found::damaged, std::nullopt};
  const Result<Found> found = examine(*opened.database, steps);
  if (!found && opened.database->damaged()) return Kept{Found::damaged, std::nullopt};
  if (!found) return std::unexpected(found.error());
  if (*found != Found::usable) return Kept{*found, std::nullopt};
  return Kept{Found::usable, std::move(opened.database)};
}

}  // namespace imgmill
