#include "batch/copy_others.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>

#include "platform/file.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::ScratchFolder;

TEST(CopyFile, KeepsBytesPermissionsAndTimes) {
  const ScratchFolder scratch;
  const std::string bytes(std::size_t{3} << 20, 'x');
  const fs::path from = scratch.write("in/a.txt", bytes);
  ASSERT_EQ(::chmod(from.c_str(), 0640), 0);
  const timespec times[2] = {{1'000'000, 0}, {1'500'000, 7}};
  ASSERT_EQ(::utimensat(AT_FDCWD, from.c_str(), times, 0), 0);
  const CopiedFile copied = copy_file(from, scratch / "out/sub/a.txt", ExistingOutput::refuse);
  ASSERT_FALSE(copied.error) << copied.error->describe();
  EXPECT_EQ(copied.bytes, bytes.size());
  EXPECT_EQ(contents(scratch / "out/sub/a.txt"), bytes);
  const auto facts = facts_of(scratch / "out/sub/a.txt");
  ASSERT_TRUE(facts && *facts);
  EXPECT_EQ((*facts)->permissions, 0640U);
  EXPECT_EQ((*facts)->modified.tv_sec, 1'500'000);
  EXPECT_EQ((*facts)->modified.tv_nsec, 7);
}

TEST(CopyFile, ReplacesNothingUnasked) {
  const ScratchFolder scratch;
  const fs::path from = scratch.write("a.txt", "new");
  const fs::path there = scratch.write("b.txt", "old");
  EXPECT_TRUE(copy_file(from, there, ExistingOutput::refuse).error);
  EXPECT_TRUE(copy_file(from, there, ExistingOutput::skip).was_there);
  EXPECT_EQ(contents(there), "old");
  EXPECT_FALSE(copy_file(from, there, ExistingOutput::overwrite).was_there);
  EXPECT_EQ(contents(there), "new");
  const CopiedFile again = copy_file(from, there, ExistingOutput::refuse);
  EXPECT_FALSE(again.error);
  EXPECT_TRUE(again.was_there);
  EXPECT_TRUE(copy_file(scratch / "gone.txt", scratch / "c.txt", ExistingOutput::refuse).error);
}

TEST(OtherFiles, AreAllCopiedOnce) {
  const ScratchFolder scratch;
  std::atomic<int> told = 0;
  {
    OtherFiles others(ExistingOutput::refuse,
                      [&](const CopiedFile& file) {
                        EXPECT_FALSE(file.error) << file.error->describe();
                        ++told;
                      },
                      {});
    for (int i = 0; i < 100; ++i) {
      const std::string name = std::to_string(i);
      others.copy(scratch.write("in/" + name, name), scratch / ("out/" + name));
    }
    others.finish();
    EXPECT_EQ(told, 100);
  }
  for (int i = 0; i < 100; ++i) {
    const std::string name = std::to_string(i);
    EXPECT_EQ(contents(scratch / ("out/" + name)), name);
  }
}

}  // namespace
}  // namespace imgmill
