#include "server/jobs/job_store.h"

#include <array>

#include "base/text.h"
#include "base/try.h"

namespace imgmill::server {
namespace {

// Schema migrations: each makes a version from the one before.
constexpr std::array steps = {R"(
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
)",
                              R"(
  ALTER TABLE jobs ADD COLUMN written_to INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE jobs ADD COLUMN written_path TEXT NOT NULL DEFAULT '';
  ALTER TABLE jobs ADD COLUMN written_images INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE jobs ADD COLUMN written_failed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE jobs ADD COLUMN backup TEXT NOT NULL DEFAULT '';
  UPDATE jobs SET
    written_to=CASE json_extract(written, '$.to') WHEN 'in-place' THEN 1 ELSE 2 END,
    written_path=coalesce(json_extract(written, '$.path'), ''),
    written_images=coalesce(json_extract(written, '$.images'), 0),
    written_failed=coalesce(json_extract(written, '$.failed'), 0),
    backup=coalesce(json_extract(written, '$.backup'), '')
    WHERE CASE WHEN json_valid(written) THEN json_type(written)='object' ELSE 0 END;
  ALTER TABLE jobs DROP COLUMN written;
  ALTER TABLE jobs DROP COLUMN complete;
  ALTER TABLE images ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE images ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0;
)",
                              R"(
  ALTER TABLE jobs ADD COLUMN left_out TEXT NOT NULL DEFAULT '{}';
)"};

#define IMGMILL_IMAGE_COLUMNS                                                              \
  "place, name, state, sequence, size, device, inode, seconds, nanoseconds, output_size, " \
  "output_name, stored, score, outcome, settings, attempt, replaced"

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
  row.attempt = static_cast<std::uint32_t>(query.integer(15));
  row.replaced = query.integer(16) != 0;
  return row;
}

/// Counts by name, as JSON; malformed text reads as no counts.
std::string text_of(const std::map<std::string, std::uint64_t>& counts) {
  return Json(counts).dump(-1, ' ', false, Json::error_handler_t::replace);
}
std::map<std::string, std::uint64_t> counts_in(std::string_view text) {
  std::map<std::string, std::uint64_t> counts;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return counts;
  for (const auto& [name, count] : json.items()) {
    if (count.is_number_unsigned()) counts[name] = count.get<std::uint64_t>();
  }
  return counts;
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
  IMGMILL_TRY(Kept kept, open_kept(file, Sharing::exclusive, steps));
  if (kept.found == Found::newer) {
    return fail(ErrorCode::environment,
                "'" + printable(file) + "' was made by a newer version of imgmill",
                "use that one, or choose another folder with --workspace");
  }
  if (!kept.database) return nullptr;
  return std::unique_ptr<JobStore>(new JobStore(*std::move(kept.database)));
}

Result<void> JobRows::add(JobRecord& job) {
  Query query(database_,
              "INSERT INTO jobs (id, name, state, kind, folder, settings, created, finished, "
              "elapsed, planning, written_to, written_path, written_images, written_failed, "
              "backup, left_out) "
              "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING key");
  const Written& written = job.written;
  const std::string left_out = text_of(job.left_out);  // bound without a copy
  query.with(job.id, job.name, static_cast<int>(job.state), static_cast<int>(job.kind),
             job.folder.native(), job.settings_text, job.created_ms, job.finished_ms,
             job.elapsed_ms, job.planning ? 1 : 0, static_cast<int>(written.to), written.path,
             written.images, written.failed, job.backup.native(), left_out);
  IMGMILL_TRY(const bool there, query.next());
  if (there) job.key = query.integer(0);
  // The row is only written when the statement has run to its end.
  IMGMILL_TRY(const bool more, query.next());
  static_cast<void>(more);
  return {};
}

Result<void> JobRows::update(const JobRecord& job) {
  Query query(
      database_,
      "UPDATE jobs SET name=?, state=?, finished=?, elapsed=?, planning=?, written_to=?, "
      "written_path=?, written_images=?, written_failed=?, backup=?, left_out=? WHERE key=?");
  const Written& written = job.written;
  return query
      .with(job.name, static_cast<int>(job.state), job.finished_ms, job.elapsed_ms,
            job.planning ? 1 : 0, static_cast<int>(written.to), written.path, written.images,
            written.failed, job.backup.native(), text_of(job.left_out), job.key)
      .run();
}

Result<void> JobRows::remove(std::int64_t job) {
  Query images(database_, "DELETE FROM images WHERE job=?");
  IMGMILL_CHECK(images.with(job).run());
  Query itself(database_, "DELETE FROM jobs WHERE key=?");
  return itself.with(job).run();
}

Result<std::vector<JobRecord>> JobRows::jobs() {
  Query query(
      database_,
      "SELECT key, id, name, state, kind, folder, settings, created, finished, elapsed, "
      "planning, written_to, written_path, written_images, written_failed, backup, left_out "
      "FROM jobs ORDER BY key");
  std::vector<JobRecord> records;
  for (;;) {
    IMGMILL_TRY(const bool more, query.next());
    if (!more) return records;
    JobRecord job;
    job.key = query.integer(0);
    job.id = query.text(1);
    job.name = query.text(2);
    job.state = static_cast<JobState>(query.integer(3));
    job.kind = static_cast<SourceKind>(query.integer(4));
    job.folder = query.text(5);
    job.settings_text = query.text(6);
    job.created_ms = query.integer(7);
    job.finished_ms = query.integer(8);
    job.elapsed_ms = query.integer(9);
    job.planning = query.integer(10) != 0;
    job.written = {static_cast<WrittenTo>(query.integer(11)), std::string(query.text(12)),
                   count_at(query, 13), count_at(query, 14)};
    job.backup = query.text(15);
    job.left_out = counts_in(query.text(16));
    records.push_back(std::move(job));
  }
}

Result<bool> JobRows::add(std::int64_t job, const ImageRow& row) {
  Query query(database_, "INSERT OR IGNORE INTO images (job, " IMGMILL_IMAGE_COLUMNS
                         ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  IMGMILL_CHECK(query
                    .with(job, row.index, row.name, static_cast<int>(row.state), row.sequence,
                          row.original_size, row.identity.device, row.identity.inode,
                          row.identity.seconds, row.identity.nanoseconds, row.optimized_size,
                          row.output_name, row.stored, row.score, row.outcome, row.settings,
                          row.attempt, row.replaced ? 1 : 0)
                    .run());
  return database_.changes() == 1;
}

Result<void> JobRows::update(std::int64_t job, const ImageRow& row) {
  Query query(database_,
              "UPDATE images SET state=?, sequence=?, size=?, device=?, inode=?, seconds=?, "
              "nanoseconds=?, output_size=?, output_name=?, stored=?, score=?, outcome=?, "
              "settings=?, attempt=?, replaced=? WHERE job=? AND place=?");
  return query
      .with(static_cast<int>(row.state), row.sequence, row.original_size, row.identity.device,
            row.identity.inode, row.identity.seconds, row.identity.nanoseconds, row.optimized_size,
            row.output_name, row.stored, row.score, row.outcome, row.settings, row.attempt,
            row.replaced ? 1 : 0, job, row.index)
      .run();
}

Result<std::uint64_t> JobRows::step_all(std::int64_t job, std::vector<ImageState> from,
                                        ImageEvent event, std::uint64_t base) {
  from.resize(image_states, from.front());  // as many as the statement has parameters
  const std::optional<ImageState> to = step(from.front(), event);
  if (!to) return 0;
  Query query(database_,
              "UPDATE images SET state=?, attempt=attempt+?, sequence=? + numbered.number FROM "
              "(SELECT place AS at, row_number() OVER (ORDER BY place) AS number FROM images "
              "WHERE job=? AND state IN (?,?,?,?,?,?)) AS numbered "
              "WHERE job=? AND place=numbered.at");
  const auto number = [&](std::size_t i) { return static_cast<int>(from[i]); };
  IMGMILL_CHECK(query
                    .with(static_cast<int>(*to), event == ImageEvent::retried ? 1 : 0, base, job,
                          number(0), number(1), number(2), number(3), number(4), number(5), job)
                    .run());
  return static_cast<std::uint64_t>(database_.changes());
}

Result<std::optional<ImageRow>> JobRows::image(std::int64_t job, std::uint32_t index) {
  Query query(database_, "SELECT " IMGMILL_IMAGE_COLUMNS " FROM images WHERE job=? AND place=?");
  query.with(job, index);
  IMGMILL_TRY(const bool there, query.next());
  if (!there) return std::nullopt;
  return image_of(query);
}

Result<std::vector<ImageRow>> JobRows::changed_after(std::int64_t job, std::uint64_t sequence,
                                                     int limit) {
  Query query(database_, "SELECT " IMGMILL_IMAGE_COLUMNS
                         " FROM images WHERE job=? AND sequence>? ORDER BY sequence LIMIT ?");
  return images_of(query.with(job, sequence, limit));
}

Result<std::vector<ImageRow>> JobRows::from_index(std::int64_t job, std::uint32_t index,
                                                  int limit) {
  Query query(database_, "SELECT " IMGMILL_IMAGE_COLUMNS
                         " FROM images WHERE job=? AND place>=? ORDER BY place LIMIT ?");
  return images_of(query.with(job, index, limit));
}

Result<std::vector<ImageRow>> JobRows::waiting_from(std::int64_t job, std::uint32_t index,
                                                    int limit) {
  Query query(database_,
              "SELECT " IMGMILL_IMAGE_COLUMNS
              " FROM images WHERE job=? AND place>=? AND state=0 ORDER BY place LIMIT ?");
  return images_of(query.with(job, index, limit));
}

Result<bool> JobRows::output_taken(std::int64_t job, std::string_view output_name,
                                   std::uint32_t index) {
  Query query(database_,
              "SELECT 1 FROM images WHERE job=? AND output_name=? AND output_name<>'' "
              "AND place<>?");
  return query.with(job, output_name, index).next();
}

Result<JobRows::Summary> JobRows::summary(std::int64_t job) {
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
