#include "server/job_store.h"

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
    ASSERT_TRUE(store);
    JobRecord job = record_named("one");
    job.folder = "/some/folder";
    job.kind = SourceKind::folder;
    ASSERT_TRUE((*store)->add(job));
    EXPECT_GT(job.key, 0);
    job.state = JobState::cancelled;
    job.written = "{}";
    ASSERT_TRUE((*store)->update(job));
    ImageRow row = row_named(0, "a/b.png");
    EXPECT_EQ((*store)->add(job.key, row), true);
    EXPECT_EQ((*store)->add(job.key, row_named(1, "a/b.png")), false);  // the name is taken
    row.state = ImageState::done;
    row.score = 81.5;
    row.identity = {1, 2, 3, 4};
    row.optimized_size = 60;
    row.output_name = "a/b.webp";
    ASSERT_TRUE((*store)->update(job.key, row));
    EXPECT_FALSE(JobStore::open(folder / "jobs.sqlite"));  // one at a time
  }
  auto store = JobStore::open(folder / "jobs.sqlite");
  ASSERT_TRUE(store);
  const auto jobs = (*store)->jobs();
  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 1U);
  const JobRecord& job = jobs->front();
  EXPECT_EQ(job.state, JobState::cancelled);
  EXPECT_EQ(job.folder, "/some/folder");
  EXPECT_EQ(job.created_ms, 12345);
  const auto row = (*store)->image(job.key, 0);
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->score, 81.5);
  EXPECT_EQ((*row)->identity.nanoseconds, 4);
  EXPECT_EQ((*store)->output_taken(job.key, "a/b.webp", 5), true);
  EXPECT_EQ((*store)->output_taken(job.key, "a/b.webp", 0), false);
  const auto summary = (*store)->summary(job.key);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->tally.images(), 1U);
  EXPECT_EQ(summary->tally.bytes_after, 60U);
  EXPECT_EQ(summary->tally.lowest_score, 81.5);
  EXPECT_EQ(summary->next_index, 1U);
}

TEST(JobStore, RowsByChangeByIndexAndByState) {
  const ScratchFolder folder;
  auto store = JobStore::open(folder / "jobs.sqlite");
  ASSERT_TRUE(store);
  JobRecord job = record_named("one");
  ASSERT_TRUE((*store)->add(job));
  for (std::uint32_t i = 0; i < 5; ++i) {
    ASSERT_TRUE((*store)->add(job.key, row_named(i, std::to_string(i))));
  }
  ASSERT_TRUE((*store)->set_state(job.key, 1, ImageState::working, 6));
  const auto changed = (*store)->changed_after(job.key, 4, 10);
  ASSERT_TRUE(changed);
  ASSERT_EQ(changed->size(), 2U);
  EXPECT_EQ((*changed)[0].index, 4U);
  EXPECT_EQ((*changed)[1].index, 1U);
  EXPECT_EQ((*store)->from_index(job.key, 3, 10)->size(), 2U);
  EXPECT_EQ((*store)->waiting_from(job.key, 0, 10)->size(), 4U);
  EXPECT_EQ((*store)->waiting_from(job.key, 0, 2)->size(), 2U);
  // All that wait or work are cancelled, each with a sequence of its own.
  EXPECT_EQ((*store)->set_states(job.key, ImageState::waiting, ImageState::working,
                                 ImageState::cancelled, 6),
            5U);
  const auto all = (*store)->changed_after(job.key, 6, 10);
  ASSERT_EQ(all->size(), 5U);
  EXPECT_EQ(all->front().sequence, 7U);
  EXPECT_EQ(all->back().sequence, 11U);
  EXPECT_EQ(all->back().state, ImageState::cancelled);
  ASSERT_TRUE((*store)->remove(job));
  EXPECT_EQ((*store)->from_index(job.key, 0, 10)->size(), 0U);
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
