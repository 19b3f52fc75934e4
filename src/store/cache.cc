#include "store/cache.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "platform/atomic_file.h"
#include "store/set_records.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

constexpr int version = 3;
constexpr const char* schema =
    "CREATE TABLE results(content BLOB, recipe BLOB, " IMGMILL_RESULT_DEFINITION
    ", used INTEGER, cost INTEGER, PRIMARY KEY(content, recipe)) WITHOUT ROWID;"
    "CREATE INDEX results_by_use ON results(used, cost);"
    "CREATE TABLE files(path BLOB PRIMARY KEY, content BLOB, " IMGMILL_FACTS_DEFINITION(
        "file") ", recorded INTEGER) WITHOUT ROWID;" "CREATE TABLE small_outputs(id INTEGER PRIMARY KEY, bytes BLOB);";

// Names unlikely to clash with another program's files if the user points us at an existing folder.
constexpr const char* index_name = "imgmill-cache.sqlite";
constexpr const char* objects_name = "imgmill-outputs";

/// Disk space of a row besides the object: the row itself, its index entries, and the two file rows
/// that usually belong to it.
constexpr std::int64_t row_cost = 800;
/// Granularity for counting the disk space of files.
constexpr std::size_t block = 4096;
/// Outputs up to this size are stored in the index: creating a file costs more than writing that
/// much (measured over 1,000 JPEGs of 256 px). At most 4096 of them are queued.
constexpr std::size_t small_output = std::size_t{24} << 10;
/// The time of use is updated at most once per interval, since each update is a write.
constexpr std::int64_t use_precision_us = 3600LL * 1'000'000;
/// When the cache is full, it is reduced to this fraction of its limit.
constexpr double kept_when_full = 0.9;

std::int64_t now_us() {
  using namespace std::chrono;
  return duration_cast<std::chrono::microseconds>(system_clock::now().time_since_epoch()).count();
}

ContentHash object_hash(const ContentHash& content, const ContentHash& recipe) {
  std::array<std::byte, 32> both{};
  std::ranges::copy(content.bytes(), both.begin());
  std::ranges::copy(recipe.bytes(), both.begin() + 16);
  return content_hash(both);
}

/// Two outputs may share an id; the hash of the bytes tells them apart.
std::int64_t small_id(const ContentHash& content, const ContentHash& recipe) {
  return static_cast<std::int64_t>(object_hash(content, recipe).low);
}

Result<void> insert_result(Database& database, const char* verb, const ContentHash& content,
                           const ContentHash& recipe, const KnownResult& known, std::int64_t cost) {
  const std::string sql = std::string(verb) +
                          " INTO results(" IMGMILL_RESULT_COLUMNS
                          ", content, recipe, used, cost) VALUES(" IMGMILL_RESULT_MARKS ",?,?,?,?)";
  ResultTexts texts;
  Query query(database, sql);
  bind_result(query, known, texts);
  return query.with(content, recipe, now_us(), cost).run();
}

}  // namespace

ContentHash recipe_hash(std::string_view settings, std::string_view versions) {
  std::string text(settings);
  text += '\n';
  text += versions;
  return content_hash(as_bytes(text));
}

Result<std::unique_ptr<Cache>> Cache::open(const fs::path& folder, std::uint64_t max_bytes,
                                           std::string& note) {
  IMGMILL_CHECK(make_folders(folder / objects_name));
  const fs::path index = folder / index_name;
  IMGMILL_TRY(Database writer,
              open_or_restart(index, Sharing::with_processes, version, schema, note));
  IMGMILL_TRY(Database reader, Database::open(index, Sharing::with_processes));
  return std::unique_ptr<Cache>(new Cache(folder, max_bytes, std::move(reader), std::move(writer)));
}

Cache::Cache(fs::path folder, std::uint64_t max_bytes, Database reader, Database writer)
    : folder_(std::move(folder)),
      max_bytes_(max_bytes),
      reader_(std::move(reader)),
      writer_(std::move(writer), [this](Database& database) { return evict(database); }) {}

Cache::~Cache() { touch_waiting(); }

std::optional<KnownResult> Cache::unchanged(const fs::path& input, const FileFacts& input_facts,
                                            const fs::path* output, const FileFacts* output_facts,
                                            const ContentHash& recipe) {
  const std::string input_name = names_.of(input);
  std::optional<KnownResult> known;
  ContentHash content;
  std::int64_t used = 0;
  {
    const std::lock_guard lock(reader_mutex_);
    Query row(reader_,
              "SELECT " IMGMILL_RESULT_COLUMNS ", " IMGMILL_FACTS_COLUMNS(
                  "file") ", used, content FROM files JOIN results USING(content) "
                          "WHERE path = ? AND recipe = ?");
    row.with(as_bytes(input_name), recipe);
    const Result<bool> there = row.next();
    if (!there || !*there || !same_facts(row, result_columns, input_facts)) return std::nullopt;
    known = result_from(row, 0);
    used = row.integer(result_columns + facts_columns);
    const std::optional<ContentHash> hash = row.hash(result_columns + facts_columns + 1);
    if (!known || !hash) return std::nullopt;
    content = *hash;
    if (output != nullptr) {
      if (output_facts == nullptr || output_facts->size != known->size) return std::nullopt;
      const std::string output_name = names_.of(*output);
      Query place(reader_,
                  "SELECT " IMGMILL_FACTS_COLUMNS("file") ", content FROM files WHERE path = ?");
      place.with(as_bytes(output_name));
      const Result<bool> known_place = place.next();
      if (!known_place || !*known_place || !same_facts(place, 0, *output_facts) ||
          place.hash(facts_columns) != known->output) {
        return std::nullopt;
      }
    }
  }
  touch(content, recipe, used);
  return known;
}

std::optional<KnownResult> Cache::find(const ContentHash& content, const ContentHash& recipe) {
  std::optional<KnownResult> known;
  std::int64_t used = 0;
  {
    const std::lock_guard lock(reader_mutex_);
    Query row(reader_, "SELECT " IMGMILL_RESULT_COLUMNS
                       ", used FROM results WHERE content = ? AND recipe = ?");
    row.with(content, recipe);
    const Result<bool> there = row.next();
    if (!there || !*there) return std::nullopt;
    known = result_from(row, 0);
    used = row.integer(result_columns);
  }
  if (known) touch(content, recipe, used);
  return known;
}

std::optional<Buffer> Cache::bytes_of(const ContentHash& content, const ContentHash& recipe,
                                      const KnownResult& known) {
  if (known.size <= small_output) return small_bytes_of(content, recipe, known);
  const fs::path object = object_path(content, recipe);
  Result<FileContents> file = read_file(object, known.size);
  if (file && file->bytes.size() == known.size &&
      content_hash(file->bytes.view()) == known.output) {
    return std::move(file->bytes);
  }
  // Incomplete, modified or missing: in any case useless.
  std::error_code error;
  fs::remove(object, error);
  return std::nullopt;
}

void Cache::remember(const ContentHash& content, const ContentHash& recipe,
                     const KnownResult& known, ByteView bytes, bool idempotent) {
  std::int64_t cost = row_cost;
  std::shared_ptr<const Buffer> small;
  if (known.decision == Decision::kept) {
    // The bytes of a kept file are those of the input.
  } else if (bytes.size() <= small_output) {
    small = std::make_shared<const Buffer>(Buffer::copy_of(bytes));
    cost += static_cast<std::int64_t>(bytes.size());
  } else if (store_object(object_path(content, recipe), bytes)) {
    cost += static_cast<std::int64_t>((bytes.size() + block - 1) / block * block);
  }
  std::optional<KnownResult> again;
  if (idempotent && known.output != content) {
    again = known;
    again->decision = Decision::kept;
    again->input_format = known.format;
    again->notes = {ours_note};
  }
  added_ += static_cast<std::uint64_t>(cost + (again ? row_cost : 0));
  writer_.post([=](Database& database) -> Result<void> {
    IMGMILL_CHECK(insert_result(database, "INSERT OR REPLACE", content, recipe, known, cost));
    if (small) {
      IMGMILL_CHECK(Query(database, "INSERT OR REPLACE INTO small_outputs VALUES(?,?)")
                        .with(small_id(content, recipe), small->view())
                        .run());
    }
    // If this output was an input itself earlier, its recorded result stays.
    if (!again) return {};
    return insert_result(database, "INSERT OR IGNORE", known.output, recipe, *again, row_cost);
  });
}

void Cache::remember_file(const fs::path& path, const FileFacts& facts, const ContentHash& content,
                          Writer writer) {
  // A file written by us had its content before its name, and the rename set its timestamps last.
  if (writer == Writer::anybody && !settled(facts)) return;
  writer_.post([name = names_.of(path), facts, content](Database& database) {
    Query query(database,
                "INSERT OR REPLACE INTO files(" IMGMILL_FACTS_COLUMNS(
                    "file") ", path, content, recorded) VALUES(" IMGMILL_FACTS_MARKS ",?,?,?)");
    bind_facts(query, facts);
    return query.with(as_bytes(name), content, now_us()).run();
  });
}

void Cache::touch(const ContentHash& content, const ContentHash& recipe, std::int64_t used) {
  if (now_us() - used < use_precision_us) return;
  bool many = false;
  {
    const std::lock_guard lock(touched_mutex_);
    touched_.emplace_back(content, recipe);
    many = touched_.size() >= 4096;
  }
  if (many) touch_waiting();
}

void Cache::touch_waiting() {
  std::vector<std::pair<ContentHash, ContentHash>> touched;
  {
    const std::lock_guard lock(touched_mutex_);
    touched.swap(touched_);
  }
  if (touched.empty()) return;
  writer_.post([touched = std::move(touched)](Database& database) -> Result<void> {
    for (const auto& [content, recipe] : touched) {
      IMGMILL_CHECK(Query(database, "UPDATE results SET used = ? WHERE content = ? AND recipe = ?")
                        .with(now_us(), content, recipe)
                        .run());
    }
    return {};
  });
}

std::optional<Buffer> Cache::small_bytes_of(const ContentHash& content, const ContentHash& recipe,
                                            const KnownResult& known) {
  const std::lock_guard lock(reader_mutex_);
  Query row(reader_, "SELECT bytes FROM small_outputs WHERE id = ?");
  row.with(small_id(content, recipe));
  const Result<bool> there = row.next();
  if (!there || !*there || content_hash(row.blob(0)) != known.output) return std::nullopt;
  return Buffer::copy_of(row.blob(0));
}

fs::path Cache::object_path(const ContentHash& content, const ContentHash& recipe) const {
  const std::string name = object_hash(content, recipe).hex();
  return folder_ / objects_name / name.substr(0, 2) / name.substr(2);
}

bool Cache::store_object(const fs::path& object, ByteView bytes) {
  if (objects_fail_) return false;
  const auto store = [&]() -> Result<void> {
    IMGMILL_TRY(AtomicFile file, AtomicFile::create(object));
    IMGMILL_CHECK(file.write(bytes));
    IMGMILL_CHECK(file.commit(Replace::yes));
    return {};
  };
  Result<void> stored = store();
  // This may be the first object in its folder.
  if (!stored && make_folders(object.parent_path())) stored = store();
  // Give up after one failure: a full disk stays full if we try again.
  if (!stored) objects_fail_ = true;
  return stored.has_value();
}

Result<void> Cache::evict(Database& database) {
  if (!total_) {
    Query sum(database, "SELECT COALESCE(SUM(cost), 0) FROM results");
    IMGMILL_TRY(const bool row, sum.next());
    total_ = row ? static_cast<std::uint64_t>(sum.integer(0)) : 0;
    added_ = 0;
  }
  *total_ += added_.exchange(0);
  if (*total_ <= max_bytes_) return {};
  const auto goal = static_cast<std::uint64_t>(kept_when_full * static_cast<double>(max_bytes_));
  std::int64_t last_used = 0;
  while (*total_ > goal) {
    std::uint64_t freed = 0;
    const Result<void> done = transaction(database, [&]() -> Result<void> {
      IMGMILL_TRY(freed, evict_oldest(database, *total_ - goal, last_used));
      return {};
    });
    if (!done) return done;
    if (freed == 0) break;
    *total_ -= std::min(freed, *total_);
  }
  // Files recorded before that belong to evicted results, or will be read once more, which is less
  // work than finding out.
  return Query(database, "DELETE FROM files WHERE recorded < ?").with(last_used).run();
}

/// Removes some of the least recently used results until `surplus` bytes are freed. Returns the
/// number of bytes freed.
Result<std::uint64_t> Cache::evict_oldest(Database& database, std::uint64_t surplus,
                                          std::int64_t& last_used) {
  struct Victim {
    ContentHash content;
    ContentHash recipe;
    std::int64_t cost = 0;
    std::int64_t used = 0;
  };
  std::vector<Victim> victims;
  {
    Query oldest(database,
                 "SELECT content, recipe, cost, used FROM results ORDER BY used LIMIT 64");
    for (;;) {
      IMGMILL_TRY(const bool row, oldest.next());
      if (!row) break;
      const auto content = oldest.hash(0);
      const auto recipe = oldest.hash(1);
      if (content && recipe) {
        victims.push_back({*content, *recipe, oldest.integer(2), oldest.integer(3)});
      }
    }
  }
  std::uint64_t freed = 0;
  for (const Victim& victim : victims) {
    if (freed >= surplus) break;
    IMGMILL_CHECK(Query(database, "DELETE FROM results WHERE content = ? AND recipe = ?")
                      .with(victim.content, victim.recipe)
                      .run());
    IMGMILL_CHECK(Query(database, "DELETE FROM small_outputs WHERE id = ?")
                      .with(small_id(victim.content, victim.recipe))
                      .run());
    std::error_code error;
    fs::remove(object_path(victim.content, victim.recipe), error);
    freed += static_cast<std::uint64_t>(victim.cost);
    last_used = victim.used;
  }
  return freed;
}

Result<CacheStats> Cache::stats() {
  flush();
  const std::lock_guard lock(reader_mutex_);
  CacheStats stats;
  {
    Query results(reader_,
                  "SELECT COUNT(*), COALESCE(SUM(cost), 0), COUNT(CASE WHEN cost > ? THEN 1 END) "
                  "FROM results");
    results.with(row_cost);
    IMGMILL_TRY(const bool row, results.next());
    if (row) {
      stats.results = static_cast<std::uint64_t>(results.integer(0));
      stats.bytes = static_cast<std::uint64_t>(results.integer(1));
      stats.objects = static_cast<std::uint64_t>(results.integer(2));
    }
  }
  Query files(reader_, "SELECT COUNT(*) FROM files");
  IMGMILL_TRY(const bool row, files.next());
  if (row) stats.files = static_cast<std::uint64_t>(files.integer(0));
  return stats;
}

bool Cache::damaged() {
  {
    const std::lock_guard lock(reader_mutex_);
    if (reader_.damaged()) return true;
  }
  return writer_.with_database([](const Database& database) { return database.damaged(); });
}

Result<std::string> Cache::move_aside(const fs::path& folder) {
  const fs::path index = folder / index_name;
  const fs::path aside = folder / (std::string(index_name) + ".damaged");
  std::error_code error;
  fs::rename(index, aside, error);
  if (error) {
    return fail(ErrorCode::environment,
                fmt::format("the damaged cache '{}' cannot be moved aside: {}", printable(index),
                            error.message()),
                "empty it with: imgmill cache clear");
  }
  for (const char* suffix : {"-wal", "-shm"}) {
    fs::remove(folder / (std::string(index_name) + suffix), error);
  }
  return fmt::format(
      "the cache '{}' is damaged; it was moved to '{}', and the next run begins it "
      "anew",
      printable(index), printable(aside));
}

Result<void> Cache::clear(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder / objects_name, error);
  for (const char* file : {index_name, SetRecords::file_name}) {
    for (const char* suffix : {"", "-wal", "-shm", ".damaged"}) {
      std::error_code one;
      fs::remove(folder / (std::string(file) + suffix), one);
      if (one && !error) error = one;
    }
  }
  if (!error) return {};
  return fail(ErrorCode::environment,
              fmt::format("cannot empty the cache '{}': {}", printable(folder), error.message()),
              "check the permissions of that folder");
}

}  // namespace imgmill
