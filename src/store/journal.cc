#include "store/journal.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "platform/atomic_file.h"
#include "platform/folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

constexpr int version = 2;
constexpr const char* schema =
    "CREATE TABLE tasks(output_path BLOB PRIMARY KEY, done INTEGER, in_place INTEGER, "
    IMGMILL_RESULT_DEFINITION ", " IMGMILL_FACTS_DEFINITION("input") ", "
    IMGMILL_FACTS_DEFINITION("result") ") WITHOUT ROWID;"
    "CREATE TABLE processes(host TEXT, process INTEGER);"
    "CREATE TABLE finished(yes INTEGER);";

/// Journals of batches not resumed for this long are removed.
constexpr std::chrono::hours forgotten_after{30 * 24};

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

void remove_with_log(const fs::path& file) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    fs::path name = file;
    name += suffix;
    std::error_code error;
    fs::remove(name, error);
  }
}

void remove_forgotten(const fs::path& folder) {
  const Result<FolderListing> listing = list_folder(folder);
  if (!listing) return;
  const auto now = fs::file_time_type::clock::now();
  for (std::size_t i = 0; i < listing->size(); ++i) {
    const fs::path file = folder / (*listing)[i].name;
    if (file.extension() != ".sqlite") continue;
    fs::path log = file;
    log += "-wal";
    std::error_code error;
    const auto written = fs::last_write_time(file, error);
    if (error || now - written < forgotten_after) continue;
    const auto logged = fs::last_write_time(log, error);
    if (error || now - logged >= forgotten_after) remove_with_log(file);
  }
}

/// The name of a new file must survive a power failure, as its contents do.
void sync_folder(const fs::path& folder) {
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // If a folder cannot be synced, names are as durable as the file system makes them.
  if (descriptor && ::fsync(descriptor.get()) != 0) errno = 0;
}

bool is_dead(int process) { return ::kill(process, 0) != 0 && errno == ESRCH; }

/// Processes that worked on the batch on this machine and have ended.
Result<std::set<int>> dead_processes(Database& database, const std::string& host) {
  std::set<int> dead;
  Query processes(database, "SELECT process FROM processes WHERE host = ?");
  processes.with(host);
  for (;;) {
    IMGMILL_TRY(const bool row, processes.next());
    if (!row) return dead;
    const auto process = static_cast<int>(processes.integer(0));
    if (process > 0 && is_dead(process)) dead.insert(process);
  }
}

Result<bool> has_tasks(Database& database) {
  Query query(database, "SELECT 1 FROM tasks LIMIT 1");
  return query.next();
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const fs::path& folder, std::string_view batch,
                                               Resume resume, std::string& note) {
  IMGMILL_CHECK(make_folders(folder));
  remove_forgotten(folder);
  const fs::path file = folder / (content_hash(as_bytes(batch)).hex() + ".sqlite");
  IMGMILL_TRY(Database database, open_or_restart(file, Sharing::exclusive, version, schema, note));
  sync_folder(folder);
  const std::string host = host_name();
  IMGMILL_TRY(std::set<int> dead, dead_processes(database, host));
  if (resume == Resume::no) {
    IMGMILL_CHECK(
        database.run("DELETE FROM tasks WHERE in_place = 0 OR EXISTS (SELECT 1 FROM finished)"));
  }
  IMGMILL_CHECK(database.run("DELETE FROM finished"));
  IMGMILL_TRY(const bool resumes, has_tasks(database));
  IMGMILL_CHECK(Query(database, "INSERT INTO processes VALUES(?,?)").with(host, ::getpid()).run());
  return std::unique_ptr<Journal>(new Journal(std::move(database), file, resumes, std::move(dead)));
}

Journal::Journal(Database database, fs::path file, bool resumes, std::set<int> dead)
    : file_(std::move(file)),
      resumes_(resumes),
      dead_processes_(std::move(dead)),
      writer_(std::make_unique<GroupWriter>(std::move(database))) {}

Journal::~Journal() {
  if (finished_ && replaces_) {
    writer_->post(
        [](Database& database) { return database.run("INSERT INTO finished VALUES(1)"); });
  }
  writer_.reset();
  if (finished_ && !replaces_) remove_with_log(file_);
}

std::optional<Journal::Record> Journal::done(const fs::path& output, const FileFacts& input_facts,
                                             const FileFacts& output_facts) {
  if (!resumes_) return std::nullopt;
  const std::string name = names_.of(output);
  return writer_->with_database([&](Database& database) -> std::optional<Record> {
    Query row(database, "SELECT " IMGMILL_RESULT_COLUMNS ", " IMGMILL_FACTS_COLUMNS(
                            "input") ", " IMGMILL_FACTS_COLUMNS("result") ", in_place FROM tasks "
                            "WHERE output_path = ? AND done = 1");
    row.with(as_bytes(name));
    const Result<bool> there = row.next();
    if (!there || !*there) return std::nullopt;
    constexpr int input = result_columns;
    constexpr int result = input + facts_columns;
    const bool in_place = row.integer(result + facts_columns) != 0;
    // After an in-place run the original input is gone.
    if (!in_place && !same_facts(row, input, input_facts)) return std::nullopt;
    if (!same_facts(row, result, output_facts)) return std::nullopt;
    std::optional<KnownResult> known = result_from(row, 0);
    if (!known) return std::nullopt;
    return Record{*std::move(known), static_cast<std::uint64_t>(row.integer(input))};
  });
}

std::optional<Journal::Record> Journal::replaced(const fs::path& file, const ContentHash& content) {
  if (!resumes_) return std::nullopt;
  const std::string name = names_.of(file);
  return writer_->with_database([&](Database& database) -> std::optional<Record> {
    Query row(database, "SELECT " IMGMILL_RESULT_COLUMNS
                        ", input_size FROM tasks WHERE output_path = ? AND in_place = 1");
    row.with(as_bytes(name));
    const Result<bool> there = row.next();
    if (!there || !*there) return std::nullopt;
    std::optional<KnownResult> known = result_from(row, 0);
    if (!known || known->output != content) return std::nullopt;
    return Record{*std::move(known), static_cast<std::uint64_t>(row.integer(result_columns))};
  });
}

namespace {

Result<void> put(Database& database, const std::string& name, bool done, bool in_place,
                 const KnownResult& result, const FileFacts& input_facts,
                 std::uint64_t original_size, const FileFacts& output_facts) {
  Query query(database,
              "INSERT OR REPLACE INTO tasks(" IMGMILL_RESULT_COLUMNS ", " IMGMILL_FACTS_COLUMNS(
                  "input") ", " IMGMILL_FACTS_COLUMNS("result") ", output_path, done, in_place) "
              "VALUES(" IMGMILL_RESULT_MARKS "," IMGMILL_FACTS_MARKS "," IMGMILL_FACTS_MARKS
              ",?,?,?)");
  ResultTexts texts;
  FileFacts input = input_facts;
  input.size = original_size;
  bind_result(query, result, texts);
  bind_facts(query, input);
  bind_facts(query, output_facts);
  return query.with(as_bytes(name), done ? 1 : 0, in_place ? 1 : 0).run();
}

}  // namespace

Result<void> Journal::intend(const fs::path& file, const FileFacts& input_facts,
                             const KnownResult& result) {
  replaces_ = true;
  Result<void> outcome =
      writer_->post_and_wait([name = names_.of(file), input_facts, result](Database& database) {
        return put(database, name, false, true, result, input_facts, input_facts.size, {});
      });
  if (outcome) return outcome;
  return std::unexpected(std::move(outcome).error().within(
      fmt::format("noting what is to replace '{}'", printable(file))));
}

void Journal::record(const fs::path& output, const FileFacts& input_facts,
                     const FileFacts& output_facts, const Record& record, bool in_place) {
  if (in_place) replaces_ = true;
  writer_->post([=, name = names_.of(output)](Database& database) {
    return put(database, name, true, in_place, record.result, input_facts, record.original_size,
               output_facts);
  });
}

void Journal::clean(const fs::path& folder) {
  if (dead_processes_.empty()) return;
  {
    const std::lock_guard lock(cleaned_mutex_);
    if (!cleaned_.insert(names_.of(folder)).second) return;
  }
  const Result<FolderListing> listing = list_folder(folder.empty() ? fs::path(".") : folder);
  if (!listing) return;
  for (std::size_t i = 0; i < listing->size(); ++i) {
    const std::string_view name = (*listing)[i].name;
    if ((*listing)[i].kind != EntryKind::file) continue;
    const std::optional<int> owner = owner_of_temporary(name);
    // The process id may have been reused since.
    if (!owner || !dead_processes_.contains(*owner) || !is_dead(*owner)) continue;
    std::error_code error;
    fs::remove(folder / name, error);
  }
}

}  // namespace imgmill
