#include "server/http/guard.h"

#include <gtest/gtest.h>

#include <set>

#include "server/api/download_tokens.h"
#include "server/http/api_error.h"

namespace imgmill::server {
namespace {

Request with(std::vector<Field> headers) {
  Request request;
  request.headers = std::move(headers);
  return request;
}

TEST(Guard, TokensAreLongAndNeverTheSame) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) {
    const std::string token = random_token();
    EXPECT_EQ(token.size(), 43U);
    EXPECT_EQ(
        token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos);
    tokens.insert(token);
  }
  EXPECT_EQ(tokens.size(), 100U);
  EXPECT_NE(random_name(12), random_name(12));
}

TEST(Guard, SecretsAreComparedWhole) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_TRUE(same_secret("", ""));
  for (const char* other : {"abd", "Abc", "ab", "abcd", ""})
    EXPECT_FALSE(same_secret("abc", other));
}

TEST(Guard, OnlyOneRightAuthorizationCounts) {
  const Guard guard("s3cret", 7340);
  EXPECT_TRUE(guard.knows_token(with({{"authorization", "bearer s3cret"}})));
  EXPECT_FALSE(guard.knows_token(with({})));
  EXPECT_FALSE(guard.knows_token(with({{"Authorization", "Bearer s3cre"}})));
  EXPECT_FALSE(
      guard.knows_token(with({{"Authorization", "Bearer s3cret"}, {"Authorization", "Bearer x"}})));
}

TEST(Guard, HostAndOriginMustAgree) {
  const Guard guard("s3cret", 7340);
  const auto status = [&](std::vector<Field> headers) {
    const auto refused = guard.foreign(with(std::move(headers)));
    return refused ? refused->status : 200;
  };
  const Field host{"Host", "localhost:7340"};
  EXPECT_EQ(status({host}), 200);
  EXPECT_EQ(status({host, {"Origin", "http://localhost:7340"}}), 200);
  EXPECT_EQ(status({host, {"Origin", "http://127.0.0.1:7340"}}), 403);
  EXPECT_EQ(status({host, {"Origin", ""}}), 403);
  EXPECT_EQ(status({host, {"Sec-Fetch-Site", "same-origin"}}), 200);
  EXPECT_EQ(status({host, {"sec-fetch-site", "cross-site"}}), 403);
  EXPECT_EQ(status({host, host}), 403);
  EXPECT_EQ(status({}), 403);
  EXPECT_EQ(status({{"Host", "localhost:7341"}}), 403);
}

TEST(DownloadTokens, AreGoodOnceAndForAMinute) {
  DownloadTokens download_tokens;
  const auto now = DownloadTokens::Clock::now();
  const std::string name = download_tokens.issue("/api/jobs/x/zip", now);
  EXPECT_EQ(download_tokens.redeem(name, now), "/api/jobs/x/zip");
  EXPECT_EQ(download_tokens.redeem(name, now), std::nullopt);
  const std::string late = download_tokens.issue("/p", now);
  EXPECT_EQ(download_tokens.redeem(late, now + DownloadTokens::lifetime), std::nullopt);
  EXPECT_EQ(download_tokens.redeem("nonsense", now), std::nullopt);
}

TEST(DownloadTokens, TheOldestMakesRoom) {
  DownloadTokens download_tokens;
  auto now = DownloadTokens::Clock::now();
  const std::string first = download_tokens.issue("/first", now);
  std::string last;
  for (std::size_t i = 0; i < DownloadTokens::most; ++i) {
    now += std::chrono::milliseconds(1);
    last = download_tokens.issue("/p", now);
  }
  EXPECT_EQ(download_tokens.redeem(first, now), std::nullopt);
  EXPECT_EQ(download_tokens.redeem(last, now), "/p");
}

TEST(Refusals, SayWhatHappenedAndWhatToDo) {
  const Response response = api_error(ApiError::limit, "too much", "wait");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(std::get<std::string>(response.body),
            "{\"error\":{\"code\":\"limit\",\"message\":\"too much\",\"advice\":\"wait\"}}\n");
  EXPECT_EQ(api_error(Error(ErrorCode::environment, "cannot write 'x': the disk is full")).status,
            507);
  EXPECT_EQ(api_error(Error(ErrorCode::bad_input, "damaged")).status, 422);
  EXPECT_EQ(api_error(Error(ErrorCode::internal, "oops")).status, 500);
  EXPECT_EQ(api_error(Error(ErrorCode::usage, "no"), ApiError::forbidden_path).status, 403);
}

}  // namespace
}  // namespace imgmill::server
