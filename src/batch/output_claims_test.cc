#include "batch/output_claims.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace imgmill {
namespace {

TEST(OutputClaims, FindTheEarlierOwnerAmongMany) {
  constexpr std::uint32_t count = 50'000;
  OutputClaims claims;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < count; ++i) names.push_back("out/" + std::to_string(i) + ".jpg");
  const auto same_as = [&](const std::string& name) {
    return [&](std::uint32_t owner) { return names[owner] == name; };
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    ASSERT_EQ(claims.claim(names[i], i, same_as(names[i])), std::nullopt);
  }
  for (std::uint32_t i = 0; i < count; i += 7) {
    ASSERT_EQ(claims.claim(names[i], count + i, same_as(names[i])), i);
  }
  EXPECT_EQ(claims.size(), count);
  EXPECT_LT(claims.bytes() / count, 32);
}

TEST(OutputClaims, BelieveTheNamesAndNotTheHash) {
  OutputClaims claims;
  ASSERT_FALSE(claims.claim("a", 1, [](std::uint32_t) { return true; }));
  // The same hash, but the caller reports different names.
  EXPECT_FALSE(claims.claim("a", 2, [](std::uint32_t) { return false; }));
  EXPECT_EQ(claims.size(), 2);
}

}  // namespace
}  // namespace imgmill
