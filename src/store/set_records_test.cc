#include "store/set_records.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using test::ScratchFolder;
namespace fs = std::filesystem;

class SetRecordsTest : public ::testing::Test {
 protected:
  static void write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  static FileFacts facts(const fs::path& path) { return **facts_of(path); }
  std::unique_ptr<SetRecords> open() {
    std::string note;
    auto records = SetRecords::open(folder_.path() / "cache", note);
    EXPECT_TRUE(records);
    EXPECT_EQ(note, "");
    return *std::move(records);
  }
  void SetUp() override {
    write(source_, "source");
    write(first_, "one");
    write(second_, "seconds");
    open()->record(source_, facts(source_), recipe_, "{}",
                   {{first_, facts(first_)}, {second_, facts(second_)}});
  }

  ScratchFolder folder_;
  const fs::path source_ = folder_.path() / "a.png";
  const fs::path first_ = folder_.path() / "a-1w.webp";
  const fs::path second_ = folder_.path() / "a-2w.webp";
  const ContentHash recipe_{1, 2};
};

TEST_F(SetRecordsTest, ASetIsUpToDateAsLongAsNothingHasChanged) {
  const auto known = open()->up_to_date(source_, facts(source_), recipe_);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->entry, "{}");
  EXPECT_EQ(known->files, 2U);
  EXPECT_EQ(known->bytes, 10U);
  EXPECT_FALSE(open()->up_to_date(source_, facts(source_), {1, 3}));
  EXPECT_FALSE(open()->up_to_date(first_, facts(source_), recipe_));

  FileFacts other = facts(source_);
  ++other.size;
  EXPECT_FALSE(open()->up_to_date(source_, other, recipe_));
  write(second_, "changed");
  EXPECT_FALSE(open()->up_to_date(source_, facts(source_), recipe_));
}

TEST_F(SetRecordsTest, AMissingFileIsAChange) {
  fs::remove(first_);
  EXPECT_FALSE(open()->up_to_date(source_, facts(source_), recipe_));
}

TEST_F(SetRecordsTest, FilesOfSetsAreKnown) {
  EXPECT_TRUE(open()->made(first_));
  EXPECT_FALSE(open()->made(source_));
  EXPECT_FALSE(open()->made(folder_.path() / "missing"));
  write(first_, "by somebody else");
  EXPECT_FALSE(open()->made(first_));
}

TEST_F(SetRecordsTest, AFileBelongsToOneSet) {
  open()->record(source_, facts(source_), {3, 4}, "{}", {{second_, facts(second_)}});
  EXPECT_TRUE(open()->up_to_date(source_, facts(source_), {3, 4}));
  EXPECT_FALSE(open()->up_to_date(source_, facts(source_), recipe_));
}

TEST_F(SetRecordsTest, AnUncertainSourceIsLookedAtAgain) {
  open()->record(source_, std::nullopt, recipe_, "{}", {{first_, facts(first_)}});
  EXPECT_FALSE(open()->up_to_date(source_, facts(source_), recipe_));
  EXPECT_TRUE(open()->made(first_));
}

}  // namespace
}  // namespace imgmill
