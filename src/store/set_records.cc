#include "store/set_records.h"

#include <chrono>

#include "base/text.h"
#include "base/try.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

constexpr int version = 1;
constexpr const char* schema =
    "CREATE TABLE sets(key BLOB PRIMARY KEY, " IMGMILL_FACTS_DEFINITION(
        "source") ", files INTEGER, entry TEXT, recorded INTEGER) WITHOUT ROWID;"
                  "CREATE INDEX sets_by_age ON sets(recorded);"
                  "CREATE TABLE files(path BLOB PRIMARY KEY, owner BLOB, " IMGMILL_FACTS_DEFINITION(
                      "file") ") WITHOUT ROWID;"
                              "CREATE INDEX files_by_owner ON files(owner);";

/// Some 3 kB each, with nine files.
constexpr std::int64_t most_sets = 300'000;

std::int64_t now_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

/// Forgets the oldest tenth if there are too many.
Result<void> make_room(Database& database) {
  std::int64_t count = 0;
  {
    Query sets(database, "SELECT COUNT(*) FROM sets");
    IMGMILL_TRY(const bool row, sets.next());
    if (row) count = sets.integer(0);
  }
  if (count <= most_sets) return {};
  return transaction(database, [&]() -> Result<void> {
    IMGMILL_CHECK(Query(database,
                        "DELETE FROM sets WHERE key IN "
                        "(SELECT key FROM sets ORDER BY recorded LIMIT ?)")
                      .with(count - most_sets + most_sets / 10)
                      .run());
    return Query(database, "DELETE FROM files WHERE owner NOT IN (SELECT key FROM sets)").run();
  });
}

}  // namespace

Result<std::unique_ptr<SetRecords>> SetRecords::open(const fs::path& folder, std::string& note) {
  IMGMILL_CHECK(make_folders(folder));
  const fs::path file = folder / file_name;
  IMGMILL_TRY(Database writer,
              open_or_restart(file, Sharing::with_processes, version, schema, note));
  IMGMILL_CHECK(make_room(writer));
  IMGMILL_TRY(Database reader, Database::open(file, Sharing::with_processes));
  return std::unique_ptr<SetRecords>(new SetRecords(std::move(reader), std::move(writer)));
}

ContentHash SetRecords::key_of(const fs::path& source, const ContentHash& recipe) const {
  return content_hash(as_bytes(names_.of(source) + '\0' + recipe.hex()));
}

std::optional<SetRecords::Known> SetRecords::up_to_date(const fs::path& source,
                                                        const FileFacts& source_facts,
                                                        const ContentHash& recipe) {
  const ContentHash key = key_of(source, recipe);
  const std::lock_guard lock(reader_mutex_);
  Known known;
  {
    Query row(reader_,
              "SELECT " IMGMILL_FACTS_COLUMNS("source") ", files, entry FROM sets WHERE key = ?");
    row.with(key);
    const Result<bool> there = row.next();
    if (!there || !*there || !same_facts(row, 0, source_facts)) return std::nullopt;
    known.files = static_cast<std::size_t>(row.integer(facts_columns));
    known.entry = row.text(facts_columns + 1);
  }
  Query file(reader_, "SELECT " IMGMILL_FACTS_COLUMNS("file") ", path FROM files WHERE owner = ?");
  file.with(key);
  std::size_t unchanged = 0;
  for (;;) {
    const Result<bool> there = file.next();
    if (!there) return std::nullopt;
    if (!*there) break;
    const auto facts = facts_of(fs::path(as_text(file.blob(facts_columns))), Links::show);
    if (!facts || !*facts || !same_facts(file, 0, **facts)) return std::nullopt;
    known.bytes += (*facts)->size;
    ++unchanged;
  }
  // Another set may have taken over one of them.
  if (unchanged != known.files) return std::nullopt;
  return known;
}

bool SetRecords::made(const fs::path& path) {
  const auto facts = facts_of(path, Links::show);
  if (!facts || !*facts) return false;
  const std::string name = names_.of(path);
  const std::lock_guard lock(reader_mutex_);
  Query row(reader_, "SELECT " IMGMILL_FACTS_COLUMNS("file") " FROM files WHERE path = ?");
  row.with(as_bytes(name));
  const Result<bool> there = row.next();
  return there && *there && same_facts(row, 0, **facts);
}

void SetRecords::record(const fs::path& source, const std::optional<FileFacts>& source_facts,
                        const ContentHash& recipe, std::string entry,
                        const std::vector<File>& files) {
  const ContentHash key = key_of(source, recipe);
  std::vector<std::pair<std::string, FileFacts>> named;
  named.reserve(files.size());
  for (const File& file : files) named.emplace_back(names_.of(file.path), file.facts);
  writer_.post([=, entry = std::move(entry),
                named = std::move(named)](Database& database) -> Result<void> {
    IMGMILL_CHECK(Query(database, "DELETE FROM files WHERE owner = ?").with(key).run());
    for (const auto& [name, facts] : named) {
      Query query(database, "INSERT OR REPLACE INTO files(" IMGMILL_FACTS_COLUMNS(
                                "file") ", path, owner) VALUES(" IMGMILL_FACTS_MARKS ",?,?)");
      bind_facts(query, facts);
      IMGMILL_CHECK(query.with(as_bytes(name), key).run());
    }
    Query query(database, "INSERT OR REPLACE INTO sets(" IMGMILL_FACTS_COLUMNS(
                              "source") ", key, files, entry, recorded) VALUES(" IMGMILL_FACTS_MARKS
                                        ",?,?,?,?)");
    bind_facts(query, source_facts.value_or(FileFacts{}));
    return query.with(key, static_cast<std::uint64_t>(named.size()), entry, now_us()).run();
  });
}

}  // namespace imgmill
