#include "platform/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>
#include <vector>

#include "platform/temporaries.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using test::contents;
using test::ScratchFolder;

TEST(AtomicFile, AppearsOnlyWhenCommitted) {
  const ScratchFolder scratch;
  const auto target = scratch / "out.jpg";
  {
    auto file = AtomicFile::create(target);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(as_bytes("new")));
    EXPECT_FALSE(std::filesystem::exists(target));
    ASSERT_EQ(scratch.files().size(), 1);
    EXPECT_TRUE(is_temporary_name(scratch.files().front()));
    EXPECT_EQ(file->commit(Replace::never), Committed::placed);
  }
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"out.jpg"});
  EXPECT_EQ(contents(target), "new");
}

TEST(AtomicFile, ReplacesNoPipeAndNoDevice) {
  const ScratchFolder scratch;
  const auto pipe = scratch / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::create_symlink("pipe", scratch / "link");
  EXPECT_FALSE(AtomicFile::create(pipe));
  EXPECT_FALSE(AtomicFile::create(scratch / "link"));
  EXPECT_FALSE(AtomicFile::create("/dev/null"));
}

TEST(AtomicFile, LeavesNothingWhenGivenUp) {
  const ScratchFolder scratch;
  {
    auto file = AtomicFile::create(scratch / "out.jpg");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(as_bytes("half")));
    const AtomicFile moved = *std::move(file);
  }
  EXPECT_TRUE(scratch.files().empty());
}

TEST(AtomicFile, NeverReplacesWhatWasNotThereBefore) {
  const ScratchFolder scratch;
  const auto target = scratch / "out.jpg";
  {
    auto file = AtomicFile::create(target);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(as_bytes("mine")));
    scratch.write("out.jpg", "theirs");
    EXPECT_EQ(file->commit(Replace::never), Committed::name_is_taken);
  }
  EXPECT_EQ(contents(target), "theirs");
  EXPECT_EQ(scratch.files().size(), 1);
}

TEST(AtomicFile, OneOfManyRacersWins) {
  for (int round = 0; round < 20; ++round) {
    const ScratchFolder scratch;
    const auto target = scratch / "out.jpg";
    std::atomic<int> winners = 0;
    std::string winner;
    {
      std::vector<std::jthread> racers;
      for (int i = 0; i < 8; ++i) {
        racers.emplace_back([&, i] {
          auto file = AtomicFile::create(target);
          ASSERT_TRUE(file);
          const std::string mine = "racer " + std::to_string(i);
          ASSERT_TRUE(file->write(as_bytes(mine)));
          const auto committed = file->commit(Replace::never);
          ASSERT_TRUE(committed);
          if (*committed == Committed::placed && winners++ == 0) winner = mine;
        });
      }
    }
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(contents(target), winner);
    EXPECT_EQ(scratch.files().size(), 1);
  }
}

TEST(AtomicFile, FailsOnAFolderAndLeavesIt) {
  const ScratchFolder scratch;
  scratch.write("out.jpg/inside", "x");
  {
    auto file = AtomicFile::create(scratch / "out.jpg");
    ASSERT_TRUE(file);
    const auto committed = file->commit(Replace::yes);
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code(), ErrorCode::environment);
    EXPECT_FALSE(committed.error().advice().empty());
  }
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"out.jpg/inside"});
}

TEST(Temporaries, AreRemovedByAHardInterruptAndByNobodyElse) {
  const ScratchFolder scratch;
  auto file = AtomicFile::create(scratch / "out.jpg");
  auto done = AtomicFile::create(scratch / "done.jpg");
  ASSERT_TRUE(file && done);
  ASSERT_EQ(done->commit(Replace::never), Committed::placed);
  unlink_temporaries();
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"done.jpg"});
  EXPECT_FALSE(file->commit(Replace::yes)) << "the writer is told";
}

TEST(Temporaries, MoreThanThereAreSlotsStillWork) {
  const ScratchFolder scratch;
  {
    std::vector<TemporaryMark> marks;
    for (int i = 0; i < 600; ++i) marks.emplace_back(scratch / std::to_string(i));
  }
  const auto file = scratch.write("x", "");
  const TemporaryMark mark(file);
  unlink_temporaries();
  EXPECT_TRUE(scratch.files().empty()) << "slots are given back";
}

}  // namespace
}  // namespace imgmill
