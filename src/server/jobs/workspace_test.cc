#include "server/jobs/workspace.h"

#include <gmock/gmock.h>

#include "support/scratch_folder.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;
using test::ScratchFolder;
using ::testing::ElementsAre;

TEST(Workspace, OneThatIsNewOrEmptyIsMarked) {
  const ScratchFolder folder;
  folder.folder("empty/lost+found");  // as a new file system has it
  for (const char* name : {"new", "empty", "deep/below"}) {
    const auto taken = Workspace::take(folder / name);
    ASSERT_TRUE(taken) << taken.error().message();
    EXPECT_TRUE(taken->marked());
    EXPECT_EQ(fs::status(folder / name).permissions(), fs::perms::owner_all) << name;
    EXPECT_TRUE(Workspace::take(folder / name)) << name;
  }
}

TEST(Workspace, OneWithOtherThingsIsRefusedAsItIs) {
  const ScratchFolder folder;
  folder.write("mine/notes.txt", "notes");
  folder.write("jobs/jobs/a.jpg", "a picture");
  folder.write("more/jobs.sqlite", "a list");
  folder.write("more/thesis.tex", "years");
  folder.write("hidden/.imgmill-workspace", "another mark\n");
  const auto before = folder.files();
  for (const char* name : {"mine", "jobs", "more", "hidden"}) {
    const auto rights = fs::status(folder / name).permissions();
    const auto taken = Workspace::take(folder / name);
    ASSERT_FALSE(taken) << name;
    EXPECT_EQ(taken.error().code(), ErrorCode::usage);
    EXPECT_EQ(fs::status(folder / name).permissions(), rights) << name;
  }
  EXPECT_EQ(folder.files(), before);
}

TEST(Workspace, OneOfAnEarlierVersionIsMarkedWhenItHasProved) {
  const ScratchFolder folder;
  folder.write("old/jobs.sqlite", "a list");
  folder.write("old/jobs/known/in/0", "an upload");
  folder.write("old/jobs/wedding/1.jpg", "the only copy");
  auto taken = Workspace::take(folder / "old");
  ASSERT_TRUE(taken);
  EXPECT_FALSE(taken->marked());
  EXPECT_FALSE(taken->remove_job("known"));  // not marked yet
  ASSERT_TRUE(taken->adopt({"known", "gone"}));
  EXPECT_TRUE(taken->marked());
  EXPECT_TRUE(Workspace::take(folder / "old")->marked());
  EXPECT_TRUE(taken->remove_job("known"));
  EXPECT_FALSE(taken->remove_job("wedding"));
  EXPECT_THAT(folder.files(),
              ElementsAre("old/.imgmill-workspace", "old/jobs.sqlite", "old/jobs/wedding/1.jpg"));
}

TEST(Workspace, JobsAreMadeAndRemovedWithWhatIsTheirs) {
  const ScratchFolder folder;
  const auto workspace = Workspace::take(folder / "w");
  ASSERT_TRUE(workspace);
  ASSERT_TRUE(workspace->make_job("one"));
  ASSERT_TRUE(workspace->make_job("one"));  // as after a kill in the middle
  ASSERT_TRUE(workspace->make_job("two"));
  folder.write("w/jobs/one/in/0", "an upload");
  folder.write("w/jobs/two/letter.txt", "put there by somebody");
  // A copy of a job's folder is not taken for that job.
  fs::copy(folder / "w/jobs/one", folder / "w/jobs/copy", fs::copy_options::recursive);
  EXPECT_FALSE(workspace->remove_job("copy"));
  EXPECT_FALSE(workspace->make_job("copy"));
  EXPECT_TRUE(workspace->remove_job("one"));
  EXPECT_FALSE(fs::exists(folder / "w/jobs/one"));
  EXPECT_TRUE(workspace->remove_job("two"));
  EXPECT_EQ(test::contents(folder / "w/jobs/two/letter.txt"), "put there by somebody");
  EXPECT_TRUE(workspace->remove_job("never"));
}

TEST(Workspace, AJobsFolderThatIsALinkIsNotFollowed) {
  const ScratchFolder folder;
  folder.write("photos/in/1.jpg", "the only copy");
  folder.write("photos/.imgmill-job", "imgmill job one\n");
  const auto workspace = Workspace::take(folder / "w");
  ASSERT_TRUE(workspace);
  folder.folder("w/jobs");
  fs::create_directory_symlink(folder / "photos", folder / "w/jobs/one");
  EXPECT_FALSE(workspace->remove_job("one"));
  EXPECT_EQ(test::contents(folder / "photos/in/1.jpg"), "the only copy");
}

TEST(Workspace, WhatIsPutAsideComesTogetherAndNothingIsWrittenOver) {
  const ScratchFolder folder;
  const auto workspace = Workspace::take(folder / "w");
  ASSERT_TRUE(workspace);
  for (int round = 1; round <= 2; ++round) {
    ASSERT_TRUE(workspace->make_job("one"));
    folder.write("w/jobs.sqlite", "a list");
    folder.write("w/jobs/one/in/0", std::to_string(round));
    const auto aside = workspace->put_aside();
    ASSERT_TRUE(aside);
    EXPECT_EQ(*aside, folder / "w" / ("damaged-" + std::to_string(round)));
    EXPECT_EQ(test::contents(*aside / "jobs.sqlite"), "a list");
    EXPECT_EQ(test::contents(*aside / "jobs/one/in/0"), std::to_string(round));
  }
  // An interrupted move is continued.
  folder.folder("w/damaged-3/jobs");
  folder.write("w/jobs.sqlite", "a list");
  EXPECT_EQ(*workspace->put_aside(), folder / "w/damaged-3");
}

}  // namespace
}  // namespace imgmill::server
