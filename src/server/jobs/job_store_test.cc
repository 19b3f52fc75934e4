#include "server/jobs/job_store.h"

#include <gtest/gtest.h>

#include "support/scratch_folder.h"

namespace imgmill::server {
namespace {

using test::ScratchFolder;

ImageRow row_named(std::uint32_t index, const std::string& name) {
  ImageRow row;
  row.index = index;
  row.name = name;
  row.sequence = index + 1;
  row.original_size = 100;
  return row;
}

/// The rows, for tests that need no lock.
JobRows& rows_of(JobStore& store) {
  return *store.read([](JobRows& rows) { return &rows; });
}

JobRecord record_named(const std::string& id) {
  JobRecord record;
  record.id = id;
  record.name = "a job";
  record.created_ms = 12345;
  return record;
}

TEST(JobStore, WhatIsWrittenIsThereAgain) {
  const ScratchFolder folder;
  {
    auto store = JobStore::open(folder / "jobs.sqlite");
    ASSERT_TRUE(store && *store);
    JobRows& rows = rows_of(**store);
    JobRecord job = record_named("one");
    job.folder = "/some/folder";
    job.kind = SourceKind::folder;
    ASSERT_TRUE(rows.add(job));
    EXPECT_GT(job.key, 0);
    job.state = JobState::cancelled;
    job.written = {WrittenTo::folder, "/there", 3, 1};
    job.backup = "/put/away";
    job.left_out = {{"txt", 2}, {"hidden folder", 1}};
    ASSERT_TRUE(rows.update(job));
    ImageRow row = row_named(0, "a/b.png");
    EXPECT_EQ(rows.add(job.key, row), true);
    EXPECT_EQ(rows.add(job.key, row_named(1, "a/b.png")), false);  // the name is taken
    row.state = ImageState::done;
    row.score = 81.5;
    row.identity = {1, 2, 3, 4};
    row.attempt = 7;
    row.replaced = true;
    row.optimized_size = 60;
    row.output_name = "a/b.webp";
    ASSERT_TRUE(rows.update(job.key, row));
    EXPECT_FALSE(JobStore::open(folder / "jobs.sqlite"));  // one server at a time
  }
  auto store = JobStore::open(folder / "jobs.sqlite");
  ASSERT_TRUE(store && *store);
  JobRows& rows = rows_of(**store);
  const auto jobs = rows.jobs();
  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 1U);
  const JobRecord& job = jobs->front();
  EXPECT_EQ(job.state, JobState::cancelled);
  EXPECT_EQ(job.folder, "/some/folder");
  EXPECT_EQ(job.created_ms, 12345);
  EXPECT_EQ(job.written, (Written{WrittenTo::folder, "/there", 3, 1}));
  EXPECT_EQ(job.backup, "/put/away");
  EXPECT_EQ(job.left_out, (std::map<std::string, std::uint64_t>{{"txt", 2}, {"hidden folder", 1}}));
  const auto row = rows.image(job.key, 0);
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->score, 81.5);
  EXPECT_EQ((*row)->identity.nanoseconds, 4);
  EXPECT_EQ((*row)->attempt, 7U);
  EXPECT_TRUE((*row)->replaced);
  EXPECT_EQ(rows.output_taken(job.key, "a/b.webp", 5), true);
  EXPECT_EQ(rows.output_taken(job.key, "a/b.webp", 0), false);
  const auto summary = rows.summary(job.key);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->tally.images(), 1U);
  EXPECT_EQ(summary->tally.bytes_after, 60U);
  EXPECT_EQ(summary->tally.lowest_score, 81.5);
  EXPECT_EQ(summary->next_index, 1U);
}

TEST(JobStore, RowsByChangeByIndexAndByState) {
  const ScratchFolder folder;
  auto store = JobStore::open(folder / "jobs.sqlite");
  ASSERT_TRUE(store && *store);
  JobRows& rows = rows_of(**store);
  JobRecord job = record_named("one");
  ASSERT_TRUE(rows.add(job));
  for (std::uint32_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(rows.add(job.key, row_named(i, std::to_string(i))));
  }
  ImageRow second = row_named(1, "1");
  second.state = ImageState::working;
  second.sequence = 6;
  ASSERT_TRUE(rows.update(job.key, second));
  const auto changed = rows.changed_after(job.key, 4, 10);
  ASSERT_TRUE(changed);
  ASSERT_EQ(changed->size(), 2U);
  EXPECT_EQ((*changed)[0].index, 4U);
  EXPECT_EQ((*changed)[1].index, 1U);
  EXPECT_EQ(rows.from_index(job.key, 3, 10)->size(), 2U);
  EXPECT_EQ(rows.waiting_from(job.key, 0, 10)->size(), 4U);
  EXPECT_EQ(rows.waiting_from(job.key, 0, 2)->size(), 2U);
  // All waiting and working images are given up, each with its own sequence.
  EXPECT_EQ(
      rows.step_all(job.key, {ImageState::waiting, ImageState::working}, ImageEvent::given_up, 6),
      5U);
  const auto all = rows.changed_after(job.key, 6, 10);
  ASSERT_EQ(all->size(), 5U);
  EXPECT_EQ(all->front().sequence, 7U);
  EXPECT_EQ(all->back().sequence, 11U);
  EXPECT_EQ(all->back().state, ImageState::cancelled);
  ASSERT_TRUE(rows.remove(job.key));
  EXPECT_EQ(rows.from_index(job.key, 0, 10)->size(), 0U);
}

// A step of many images at once equals the steps of each.
TEST(JobStore, ManyStepsGoAsOne) {
  const ScratchFolder folder;
  auto store = JobStore::open(folder / "jobs.sqlite");
  ASSERT_TRUE(store && *store);
  JobRows& rows = rows_of(**store);
  for (const ImageEvent event :
       {ImageEvent::cancelled, ImageEvent::given_back, ImageEvent::given_up, ImageEvent::retried}) {
    for (std::size_t state = 0; state < image_states; ++state) {
      const auto from = static_cast<ImageState>(state);
      JobRecord job =
          record_named(std::to_string(static_cast<int>(event)) + "-" + std::to_string(state));
      ASSERT_TRUE(rows.add(job));
      ImageRow row = row_named(0, "a.png");
      row.state = from;
      ASSERT_TRUE(rows.add(job.key, row).value_or(false));
      const auto to = step(from, event);
      EXPECT_EQ(rows.step_all(job.key, {from}, event, 10), to ? 1U : 0U);
      const auto after = rows.image(job.key, 0);
      ASSERT_TRUE(after && *after);
      EXPECT_EQ((*after)->state, to.value_or(from));
      EXPECT_EQ((*after)->attempt, to && event == ImageEvent::retried ? 1U : 0U);
      EXPECT_EQ((*after)->sequence, to ? 11U : 1U);
    }
  }
}

TEST(JobStore, ListsOfEarlierVersionsAreTakenOver) {
  const ScratchFolder folder;
  {
    auto database = Database::open(folder / "jobs.sqlite", Sharing::exclusive);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->run(R"(
      CREATE TABLE jobs (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, state INTEGER NOT NULL,
        kind INTEGER NOT NULL, folder TEXT NOT NULL, settings TEXT NOT NULL,
        created INTEGER NOT NULL, finished INTEGER NOT NULL, elapsed INTEGER NOT NULL,
        planning INTEGER NOT NULL, complete INTEGER NOT NULL, written TEXT NOT NULL);
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
      INSERT INTO jobs VALUES
        (1, 'a', 'in place', 2, 1, '/photos', '{}', 5, 6, 7, 0, 1,
         '{"to":"in-place","path":"/photos","backup":"/photos.kept","images":4,"failed":1}'),
        (2, 'b', 'never written', 1, 0, '', '{}', 5, 0, 7, 0, 1, ''),
        (3, 'c', 'odd', 3, 0, '', '{}', 5, 0, 7, 0, 1, 'no JSON');
      INSERT INTO images VALUES
        (1, 0, 'x.png', 2, 3, 100, 1, 2, 3, 4, 50, 'x.png', '0', 81.5, '{}', '');
      PRAGMA user_version=1;)"));
  }
  auto store = JobStore::open(folder / "jobs.sqlite");
  ASSERT_TRUE(store && *store);
  JobRows& rows = rows_of(**store);
  const auto jobs = rows.jobs();
  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 3U);
  EXPECT_EQ((*jobs)[0].written, (Written{WrittenTo::in_place, "/photos", 4, 1}));
  EXPECT_EQ((*jobs)[0].backup, "/photos.kept");
  EXPECT_TRUE((*jobs)[0].left_out.empty());
  EXPECT_EQ((*jobs)[0].finished_ms, 6);
  EXPECT_EQ((*jobs)[1].written, Written());
  EXPECT_EQ((*jobs)[2].written, Written());
  EXPECT_EQ((*jobs)[2].state, JobState::cancelled);
  const auto row = rows.image(1, 0);
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->stored, "0");
  EXPECT_EQ((*row)->attempt, 0U);
  EXPECT_EQ((*row)->score, 81.5);
}

TEST(Jobs, OutcomesComeBackFromTheStore) {
  OptimizationResult result;
  result.decision = Decision::stripped;
  result.stage = Stage::write;
  result.input_format = Format::png;
  result.format = Format::webp;
  result.width = 7;
  result.height = 8;
  result.frames = 1;
  result.judgement.score = 90.25;
  result.judgement.target = 80;
  result.judgement.quality = 66;
  result.elapsed = std::chrono::microseconds(1500);
  result.notes = {"a note"};
  ImageRow row = row_named(3, "a.png");
  row.state = ImageState::done;
  row.optimized_size = 50;
  row.output_name = "a.webp";
  row.score = 90.25;
  row.outcome = outcome_text(result);
  const OptimizationResult back = result_of(row);
  EXPECT_EQ(back.decision, Decision::stripped);
  EXPECT_EQ(back.format, Format::webp);
  EXPECT_EQ(back.judgement, result.judgement);
  EXPECT_EQ(back.notes, result.notes);
  EXPECT_EQ(back.elapsed, result.elapsed);
  const Json json = image_json(row);
  EXPECT_EQ(json["format"], "webp");
  EXPECT_EQ(json["quality"], 66);
  EXPECT_EQ(json["elapsed_ms"], 1.5);
  EXPECT_EQ(json["error"], nullptr);

  result.error = Error(ErrorCode::bad_input, "it is damaged", "mend it");
  row.outcome = outcome_text(result);
  EXPECT_EQ(image_json(row)["error"]["advice"], "mend it");
  row.outcome = "not JSON";
  EXPECT_TRUE(result_of(row).error);
}

TEST(Jobs, SettingsThatSayNothingAreTheUsualOnes) {
  EXPECT_EQ(*job_settings("{}"), default_settings());
  EXPECT_EQ(job_settings(R"({"outputFormat":"webp"})")->target, default_settings().target);
  EXPECT_EQ(job_settings(R"({"quality":70})")->target, std::nullopt);
  EXPECT_EQ(job_settings(R"({"lossless":true})")->compression, Compression::lossless);
  EXPECT_FALSE(job_settings("[]"));
  EXPECT_FALSE(job_settings(R"({"qualty":70})"));
}

}  // namespace
}  // namespace imgmill::server
