#include "server/job_store.h"

#include "base/try.h"

namespace imgmill::server {
namespace {

constexpr int version = 1;
constexpr const char* schema = R"(
  CREATE TABLE jobs (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, state INTEGER NOT NULL, kind INTEGER NOT NULL,
    folder TEXT NOT NULL, settings TEXT NOT NULL, created INTEGER NOT NULL,
    finished INTEGER NOT NULL, elapsed INTEGER NOT NULL, planning INTEGER NOT NULL,
    complete INTEGER NOT NULL, written TEXT NOT NULL);
  CREATE TABLE images (
    job INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL,
    sequence INTEGER NOT NULL, size INTEGER NOT NULL, device INTEGER NOT NULL,
    inode INTEGER NOT NULL, seconds INTEGER NOT NULL, nanoseconds INTEGER NOT NULL,
    output_size INTEGER NOT NULL, output_name TEXT NOT NULL, stored TEXT NOT NULL, score REAL,
    outcome TEXT NOT NULL, settings TEXT NOT NULL,
    PRIMARY KEY (job, place)) WITHOUT ROWID;
  CREATE INDEX images_by_sequence ON images (job, sequence);
  CREATE UNIQUE INDEX images_by_name ON images (job, name);
  CREATE INDEX images_by_output ON images (job, output_name) WHERE output_name <> '';
)";

#define IMGMILL_IMAGE_COLUMNS                                                              \
  "place, name, state, sequence, size, device, inode, seconds, nanoseconds, output_size, " \
  "output_name, stored, score, outcome, settings"

std::uint64_t count_at(const Query& query, int column) {
  return static_cast<std::uint64_t>(query.integer(column));
}

ImageRow image_of(const Query& query) {
  ImageRow row;
  row.index = static_cast<std::uint32_t>(query.integer(0));
  row.name = query.text(1);
  row.state = static_cast<ImageState>(query.integer(2));
  row.sequence = count_at(query, 3);
  row.original_size = count_at(query, 4);
  row.identity = {count_at(query, 5), count_at(query, 6), query.integer(7), query.integer(8)};
  row.optimized_size = count_at(query, 9);
  row.output_name = query.text(10);
  row.stored = query.text(11);
  row.score = query.real(12);
  row.outcome = query.text(13);
  row.settings = query.text(14);
  return row;
}

Result<std::vector<ImageRow>> images_of(Query& query) {
  std::vector<ImageRow> rows;
  for (;;) {
    IMGMILL_TRY(const bool more, query.next());
    if (!more) return rows;
    rows.push_back(image_of(query));
  }
}

}  // namespace

Result<std::unique_ptr<JobStore>> JobStore::open(const std::filesystem::path& file) {
  std::string note;
  IMGMILL_TRY(Database database, open_or_restart(file, Sharing::exclusive, version, schema, note));
  return std::unique_ptr<JobStore>(new JobStore(std::move(database)));
}

Result<void> JobStore::add(JobRecord& job) {
  const std::lock_guard lock(mutex_);
  Query query(database_,
              "INSERT INTO jobs (id, name, state, kind, folder, settings, created, finished, "
              "elapsed, planning, complete, written) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) "
              "RETURNING key");
  query.with(job.id, job.name, static_cast<int>(job.state), static_cast<int>(job.kind),
             job.folder.native(), job.settings_text, job.created_ms, job.finished_ms,
             job.elapsed_ms, job.planning ? 1 : 0, job.complete ? 1 : 0, job.written);
  IMGMILL_TRY(const bool there, query.next());
  if (there) job.key = query.integer(0);
  // The row is committed when the statement has run to its end.
  IMGMILL_TRY(const bool more, query.next());
  static_cast<void>(more);
  return {};
}

Result<void> JobStore::update(const JobRecord& job) {
  const std::lock_guard lock(mutex_);
  Query query(database_,
              "UPDATE jobs SET name=?, state=?, finished=?, elapsed=?, planning=?, complete=?, "
              "written=? WHERE key=?");
  return query
      .with(job.name, static_cast<int>(job.state), job.finished_ms, job.elapsed_ms,
            job.planning ? 1 : 0, job.complete ? 1 : 0, job.written, job.key)
      .run();
}

Result<void> JobStore::remove(const JobRecord& job) {
  const std::lock_guard lock(mutex_);
  return transaction(database_, [&]() -> Result<void> {
    Query images(database_, "DELETE FROM images WHERE job=?");
    IMGMILL_CHECK(images.with(job.key).run());
    Query itself(database_, "DELETE FROM jobs WHERE key=?");
    return itself.with(job.key).run();
  });
}

Result<std::vector<JobRecord>> JobStore::jobs() {
  const std::lock_guard lock(mutex_);
  Query query(database_,
              "SELECT key, id, name, state, kind, folder, settings, created, finished, elapsed, "
              "planning, complete, written FROM jobs ORDER BY key");
  std::vector<JobRecord> jobs;
  for (;;) {
    IMGMILL_TRY(const bool more, query.next());
    if (!more) return jobs;
    JobRecord job;
    job.key = query.integer(0);
    job.id = query.text(1);
    job.name = query.text(2);
    job.state = static_cast<JobState>(query.integer(3));
    job.kind = static_cast<SourceKind>(query.integer(4));
    job.folder = std::string(query.text(5));
    job.settings_text = query.text(6);
    job.created_ms = query.integer(7);
    job.finished_ms = query.integer(8);
    job.elapsed_ms = query.integer(9);
    job.planning = query.integer(10) != 0;
    job.complete = query.integer(11) != 0;
    job.written = query.text(12);
    jobs.push_back(std::move(job));
  }
}

Result<bool> JobStore::add(std::int64_t job, const ImageRow& row) {
  const std::lock_guard lock(mutex_);
  Query query(database_, "INSERT OR IGNORE INTO images (job, " IMGMILL_IMAGE_COLUMNS
                         ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  IMGMILL_CHECK(query
                    .with(job, row.index, row.name, static_cast<int>(row.state), row.sequence,
                          row.original_size, row.identity.device, row.identity.inode,
                          row.identity.seconds, row.identity.nanoseconds, row.optimized_size,
                          row.output_name, row.stored, row.score, row.outcome, row.settings)
                    .run());
  return database_.changes() == 1;
}

Result<void> JobStore::update(std::int64_t job, const ImageRow& row) {
  const std::lock_guard lock(mutex_);
  Query query(database_,
              "UPDATE images SET state=?, sequence=?, size=?, device=?, inode=?, seconds=?, "
              "nanoseconds=?, output_size=?, output_name=?, stored=?, score=?, outcome=?, "
              "settings=? WHERE job=? AND place=?");
  return query
      .with(static_cast<int>(row.state), row.sequence, row.original_size, row.identity.device,
            row.identity.inode, row.identity.seconds, row.identity.nanoseconds, row.optimized_size,
            row.output_name, row.stored, row.score, row.outcome, row.settings, job, row.index)
      .run();
}

Result<void> JobStore::set_state(std::int64_t job, std::uint32_t index, ImageState state,
                                 std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  Query query(database_, "UPDATE images SET state=?, sequence=? WHERE job=? AND place=?");
  return query.with(static_cast<int>(state), sequence, job, index).run();
}

Result<std::uint64_t> JobStore::set_states(std::int64_t job, ImageState from, ImageState also_from,
                                           ImageState to, std::uint64_t base) {
  const std::lock_guard lock(mutex_);
  Query query(database_,
              "UPDATE images SET state=?, sequence=? + numbered.number FROM "
              "(SELECT place AS at, row_number() OVER (ORDER BY place) AS number FROM images "
              "WHERE job=? AND state IN (?, ?)) AS numbered "
              "WHERE job=? AND place=numbered.at");
  IMGMILL_CHECK(query
                    .with(static_cast<int>(to), base, job, static_cast<int>(from),
                          static_cast<int>(also_from), job)
                    .run());
  return static_cast<std::uint64_t>(database_.changes());
}

Result<std::optional<ImageRow>> JobStore::image(std::int64_t job, std::uint32_t index) {
  const std::lock_guard lock(mutex_);
  Query query(database_, "SELECT " IMGMILL_IMAGE_COLUMNS " FROM images WHERE job=? AND place=?");
  query.with(job, index);
  IMGMILL_TRY(const bool there, query.next());
  if (!there) return std::nullopt;
  return image_of(query);
}

Result<std::vector<ImageRow>> JobStore::changed_after(std::int64_t job, std::uint64_t sequence,
                                                      int limit) {
  const std::lock_guard lock(mutex_);
  Query query(database_, "SELECT " IMGMILL_IMAGE_COLUMNS
                         " FROM images WHERE job=? AND sequence>? ORDER BY sequence LIMIT ?");
  return images_of(query.with(job, sequence, limit));
}

Result<std::vector<ImageRow>> JobStore::from_index(std::int64_t job, std::uint32_t index,
                                                   int limit) {
  const std::lock_guard lock(mutex_);
  Query query(database_, "SELECT " IMGMILL_IMAGE_COLUMNS
                         " FROM images WHERE job=? AND place>=? ORDER BY place LIMIT ?");
  return images_of(query.with(job, index, limit));
}

Result<std::vector<ImageRow>> JobStore::waiting_from(std::int64_t job, std::uint32_t index,
                                                     int limit) {
  const std::lock_guard lock(mutex_);
  Query query(database_,
              "SELECT " IMGMILL_IMAGE_COLUMNS
              " FROM images WHERE job=? AND place>=? AND state=0 ORDER BY place LIMIT ?");
  return images_of(query.with(job, index, limit));
}

Result<bool> JobStore::has_name(std::int64_t job, std::string_view name) {
  const std::lock_guard lock(mutex_);
  Query query(database_, "SELECT 1 FROM images WHERE job=? AND name=?");
  return query.with(job, name).next();
}

Result<bool> JobStore::output_taken(std::int64_t job, std::string_view output_name,
                                    std::uint32_t index) {
  const std::lock_guard lock(mutex_);
  Query query(database_,
              "SELECT 1 FROM images WHERE job=? AND output_name=? AND output_name<>'' "
              "AND place<>?");
  return query.with(job, output_name, index).next();
}

Result<JobStore::Summary> JobStore::summary(std::int64_t job) {
  const std::lock_guard lock(mutex_);
  Query query(database_,
              "SELECT place, state, sequence, size, output_size, score FROM images WHERE job=?");
  query.with(job);
  Summary summary;
  for (;;) {
    IMGMILL_TRY(const bool more, query.next());
    if (!more) return summary;
    ImageRow row;
    row.index = static_cast<std::uint32_t>(query.integer(0));
    row.state = static_cast<ImageState>(query.integer(1));
    row.sequence = count_at(query, 2);
    row.original_size = count_at(query, 3);
    row.optimized_size = count_at(query, 4);
    row.score = query.real(5);
    summary.tally.add(row);
    summary.next_index = std::max(summary.next_index, row.index + 1);
    summary.sequence = std::max(summary.sequence, row.sequence);
  }
}

}  // namespace imgmill::server
