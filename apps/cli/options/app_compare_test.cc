#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "options/app.h"

namespace imgmill::cli {
namespace {

using ::testing::HasSubstr;

CompareCommandOptions parsed(const std::vector<std::string>& words) {
  CommandLine line;
  const auto request = line.parse(words);
  if (!request || !std::holds_alternative<CompareCommandOptions>(*request)) {
    ADD_FAILURE() << (request ? "another command" : request.error().error.describe());
    return {};
  }
  return std::get<CompareCommandOptions>(*request);
}

std::string refused(const std::vector<std::string>& words) {
  CommandLine line;
  const auto request = line.parse(words);
  return request ? "accepted" : request.error().error.describe();
}

TEST(CompareLine, ReadsEveryOption) {
  const auto options =
      parsed({"compare", "a.png", "--map", "m.png", "--json", "--min", "80", "--sandbox", "require",
              "--max-pixels", "1G", "--max-input", "5MB", "[b].jpg"});
  EXPECT_EQ(options.files, (std::array<std::string, 2>{"a.png", "[b].jpg"}));
  EXPECT_EQ(options.map, "m.png");
  EXPECT_TRUE(options.json);
  EXPECT_EQ(options.minimum, 80);
  EXPECT_EQ(options.sandbox, SandboxMode::require);
  EXPECT_EQ(options.limits.max_pixels, 1'000'000'000U);
  EXPECT_GE(options.limits.max_decoded_bytes, 4'000'000'000U);
  EXPECT_EQ(options.limits.max_input_bytes, 5'000'000U);
}

TEST(CompareLine, WantsTwoFiles) {
  EXPECT_THAT(refused({"compare"}), HasSubstr("no ORIGINAL"));
  EXPECT_THAT(refused({"compare", "a.png"}), HasSubstr("no OTHER"));
  EXPECT_THAT(refused({"compare", "a.png", "b.png", "c.png"}), HasSubstr("too many"));
  EXPECT_THAT(refused({"compare", "-", "-"}), HasSubstr("standard input"));
  EXPECT_THAT(refused({"compare", "a.png", "b.png", "--min", "101"}), HasSubstr("--min"));
  EXPECT_EQ(parsed({"compare", "-", "b.png"}).files[0], "-");
}

}  // namespace
}  // namespace imgmill::cli
