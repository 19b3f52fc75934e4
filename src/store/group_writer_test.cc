#include "store/group_writer.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include "support/scratch_folder.h"

namespace imgmill {
namespace {

using test::ScratchFolder;

Database numbers_in(const ScratchFolder& scratch) {
  auto database = Database::open(scratch / "numbers.sqlite", Sharing::exclusive);
  EXPECT_TRUE(database) << database.error().describe();
  EXPECT_TRUE(database->run("CREATE TABLE numbers(number INTEGER)"));
  return *std::move(database);
}

std::int64_t count_in(GroupWriter& writer) {
  return writer.with_database([](Database& database) -> std::int64_t {
    Query query(database, "SELECT COUNT(*) FROM numbers");
    const Result<bool> row = query.next();
    return row && *row ? query.integer(0) : -1;
  });
}

Result<void> put_one(Database& database) { return database.run("INSERT INTO numbers VALUES(1)"); }

TEST(GroupWriter, WhatAWriteThrowsIsAnErrorAndTheNextOnesAreWritten) {
  const ScratchFolder scratch;
  GroupWriter writer(numbers_in(scratch));
  const Result<void> thrown = writer.post_and_wait([](Database& database) -> Result<void> {
    EXPECT_TRUE(put_one(database));
    throw std::bad_alloc();
  });
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().code(), ErrorCode::environment);
  EXPECT_EQ(count_in(writer), 0);  // its group is rolled back
  const Result<void> odd = writer.post_and_wait(
      [](Database&) -> Result<void> { throw std::runtime_error("no reason"); });
  ASSERT_FALSE(odd);
  EXPECT_NE(odd.error().message().find("no reason"), std::string::npos);
  EXPECT_TRUE(writer.post_and_wait(put_one));
  EXPECT_EQ(count_in(writer), 1);
  ASSERT_TRUE(writer.failure());
  EXPECT_EQ(writer.failure()->code(), ErrorCode::environment);
}

TEST(GroupWriter, WhatIsThrownAfterAGroupEndsNothing) {
  const ScratchFolder scratch;
  int groups = 0;
  GroupWriter writer(numbers_in(scratch), [&](Database&) -> Result<void> {
    if (++groups == 1) throw std::bad_alloc();
    return {};
  });
  EXPECT_TRUE(writer.post_and_wait(put_one));
  EXPECT_TRUE(writer.post_and_wait(put_one));
  EXPECT_EQ(count_in(writer), 2);
  writer.flush();
  EXPECT_EQ(groups, 2);
}

}  // namespace
}  // namespace imgmill
