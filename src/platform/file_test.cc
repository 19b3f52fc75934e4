#include "platform/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "platform/cpu.h"
#include "platform/folder.h"
#include "platform/io_error.h"
#include "support/other_rights.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using test::ScratchFolder;

TEST(ReadFile, GivesBytesAndFacts) {
  const ScratchFolder scratch;
  const auto file = scratch.write("a", "twelve bytes");
  ::chmod(file.c_str(), 0640);
  const auto read = read_file(file, 12);
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(as_text(read->bytes.view()), "twelve bytes");
  EXPECT_EQ(read->facts.permissions, 0640U);
  EXPECT_EQ(read->facts.size, 12);
  EXPECT_TRUE(read_file(scratch.write("empty", ""), 0));
}

TEST(ReadFile, ChecksTheSizeFirst) {
  const ScratchFolder scratch;
  const auto file = scratch.write("a", "");
  // A sparse file of a terabyte.
  ASSERT_EQ(::truncate(file.c_str(), off_t{1} << 40), 0);
  const auto read = read_file(file, 1000);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::limit);
  EXPECT_NE(read.error().message().find("1.10 TB"), std::string::npos) << read.error().message();
}

TEST(ReadFile, DoesNotWaitOnAPipeAndRefusesFolders) {
  const ScratchFolder scratch;
  const auto pipe = scratch / "pipe.jpg";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto read = read_file(pipe, 1000);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message().find("not a regular file"), std::string::npos);
  EXPECT_FALSE(read_file(scratch.path(), 1000));
  EXPECT_FALSE(read_file("/dev/null", 1000));
  const auto missing = read_file(scratch / "missing", 1000);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::environment);
}

TEST(ReadFile, SaysWhenPermissionIsMissing) {
  const ScratchFolder scratch;
  const auto file = scratch.write("a", "secret");
  ::chmod(file.c_str(), 0);
  const test::Verdict verdict = test::as_nobody([&]() -> std::string {
    const auto read = read_file(file, 1000);
    return read ? "it was read" : read.error().describe();
  });
  if (!verdict) GTEST_SKIP() << "cannot become an ordinary user here";
  EXPECT_NE(verdict->find("permission denied"), std::string::npos) << *verdict;
}

TEST(Facts, TellChangesAndLinks) {
  const ScratchFolder scratch;
  const auto file = scratch.write("a", "one");
  const auto before = facts_of(file);
  ASSERT_TRUE(before && *before);
  std::filesystem::create_symlink("a", scratch / "link");
  const auto link = facts_of(scratch / "link", Links::show);
  ASSERT_TRUE(link && *link);
  EXPECT_EQ((*link)->kind, FileKind::link);
  EXPECT_TRUE((**facts_of(scratch / "link")).same_file(**before));
  scratch.write("a", "other");
  EXPECT_FALSE((**facts_of(file)).unchanged_since(**before));
  const auto nothing = facts_of(scratch / "none/at/all");
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
}

TEST(MakeFolders, MakesAllAndSaysWhatIsInTheWay) {
  const ScratchFolder scratch;
  EXPECT_TRUE(make_folders(scratch / "a/b/c"));
  EXPECT_TRUE(make_folders(scratch / "a/b/c/"));
  EXPECT_TRUE(std::filesystem::is_directory(scratch / "a/b/c"));
  scratch.write("file", "x");
  const auto blocked = make_folders(scratch / "file/below");
  ASSERT_FALSE(blocked);
  EXPECT_NE(blocked.error().message().find("not a folder"), std::string::npos);
}

TEST(ListFolder, IsInByteOrder) {
  const ScratchFolder scratch;
  for (const char* name : {"b", "a.jpg", "B", "\xFF\xFE", ".hidden"}) scratch.write(name, "");
  scratch.folder("a");
  std::filesystem::create_symlink("nowhere", scratch / "c");
  const auto listing = list_folder(scratch.path());
  ASSERT_TRUE(listing);
  std::string all;
  for (std::size_t i = 0; i < listing->size(); ++i) {
    all += std::string((*listing)[i].name) + static_cast<char>((*listing)[i].kind) + ' ';
  }
  EXPECT_EQ(all,
            ".hiddenf Bf ad a.jpgf bf cl \xFF\xFE"
            "f ");
  EXPECT_FALSE(list_folder(scratch / "b"));
}

TEST(IoError, HasAdvice) {
  EXPECT_EQ(io_error(ENOSPC, "write", "x").describe(),
            "cannot write 'x': the disk is full; free some space and run again");
  EXPECT_NE(io_error(ENOENT, "read", "a\x1b").message().find("'a?'"), std::string::npos);
  for (int error = 1; error < 134; ++error) {
    EXPECT_FALSE(io_error(error, "read", "x").advice().empty());
  }
}

TEST(CoreBudget, IsAtLeastOneAndAtMostTheMachine) {
  const CoreBudget budget = core_budget();
  EXPECT_GE(budget.cores, 1);
  EXPECT_LE(budget.cores, budget.affinity);
  EXPECT_GE(budget.affinity, 1);
}

TEST(CoreBudget, KeepsToTheAffinityMask) {
  const test::Verdict verdict = test::in_child(
      [] {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(0, &one);
        return ::sched_setaffinity(0, sizeof one, &one) == 0;
      },
      [] { return std::to_string(core_budget().cores); });
  if (!verdict) GTEST_SKIP() << "the affinity mask cannot be set here";
  EXPECT_EQ(*verdict, "1");
}

}  // namespace
}  // namespace imgmill
