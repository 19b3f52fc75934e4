#include "server/http/route.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "schema/json_fields.h"
#include "server/api/description.h"
#include "server/http/page.h"

namespace imgmill::server {
namespace {

TEST(Routes, AreFoundByMethodAndPath) {
  const Match image = match(routes(), "GET", "/api/jobs/a%20b/images/7");
  ASSERT_NE(image.route, nullptr);
  EXPECT_EQ(image.route->pattern, "/api/jobs/{id}/images/{index}");
  EXPECT_EQ(image.captures, (std::vector<std::string>{"a b", "7"}));
  EXPECT_NE(match(routes(), "HEAD", "/healthz").route, nullptr);
  const Match wrong = match(routes(), "PUT", "/api/jobs");
  EXPECT_EQ(wrong.route, nullptr);
  EXPECT_EQ(wrong.allowed, "GET, HEAD, POST");
  for (const char* path : {"", "api", "/api", "/api/", "/api/jobs/", "/api//jobs", "/healthz/",
                           "/api/jobs/%zz", "/api/jobs/x/none", "//"}) {
    const Match none = match(routes(), "GET", path);
    EXPECT_EQ(none.route, nullptr) << path;
    EXPECT_EQ(none.allowed, "") << path;
  }
}

TEST(Routes, TheDescriptionHasAllOfThemAndNothingElse) {
  const Json document = Json::parse(api_description());
  std::set<std::string> described;
  std::set<std::string> open;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      std::string name = method;
      std::ranges::transform(name, name.begin(),
                             [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      name += " " + path;
      described.insert(name);
      if (operation.contains("security")) open.insert(name);
    }
  }
  std::set<std::string> served;
  std::set<std::string> served_to_all;
  for (const Route& route : routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.pattern);
    EXPECT_TRUE(served.insert(name).second) << name << " stands twice";
    if (route.access == Access::open) served_to_all.insert(name);
    EXPECT_EQ(route.takes == RequestBody::stream, route.open != nullptr) << name;
    EXPECT_EQ(route.takes != RequestBody::stream, route.answer != nullptr) << name;
  }
  EXPECT_EQ(described, served);
  EXPECT_EQ(open, served_to_all);
}

TEST(Page, IsSentAsTheClientCanReadIt) {
  static constexpr PageFile files[] = {
      {"assets/a.js", "text/javascript", "\"e1\"", "plain", "zipped", "broted"},
      {"assets/b-x1Y_2z-3.js", "text/javascript", "\"e3\"", "b", {}, {}},
      {"index.html", "text/html", "\"e2\"", "page", {}, {}}};
  const auto ask = [](std::string_view path, std::vector<Field> headers) {
    Request request;
    request.headers = std::move(headers);
    return page_response(files, request, path);
  };
  const auto bytes = [](const Response& response) {
    const auto* body = std::get_if<StaticBody>(&response.body);
    return body == nullptr ? std::string_view() : body->bytes;
  };
  EXPECT_EQ(bytes(ask("", {})), "page");
  EXPECT_EQ(bytes(ask("assets/a.js", {})), "plain");
  EXPECT_EQ(bytes(ask("assets/a.js", {{"Accept-Encoding", "gzip, br;q=0.9"}})), "broted");
  EXPECT_EQ(bytes(ask("assets/a.js", {{"accept-encoding", "gzip,br;q=0"}})), "zipped");
  EXPECT_EQ(bytes(ask("assets/a.js", {{"Accept-Encoding", "deflate"}})), "plain");
  EXPECT_EQ(ask("assets/a.js", {{"If-None-Match", "\"e1\""}}).status, 304);
  EXPECT_EQ(ask("assets/b.js", {}).status, 404);
  EXPECT_EQ(ask("index.htm", {}).status, 404);
  const auto kept = [&](std::string_view path) {
    for (const Field& field : ask(path, {}).headers) {
      if (field.name == "Cache-Control") return field.value;
    }
    return std::string();
  };
  // Only files whose name changes with their contents are cached for ever.
  EXPECT_EQ(kept("assets/b-x1Y_2z-3.js"), "public, max-age=31536000, immutable");
  EXPECT_EQ(kept("assets/a.js"), "no-cache");
  EXPECT_EQ(kept("index.html"), "no-cache");
}

TEST(Page, IsPartOfTheProgram) {
  const auto files = page_files();
  const auto index = std::ranges::find(files, "index.html", &PageFile::path);
  ASSERT_NE(index, files.end());
  EXPECT_NE(index->bytes.find("<html"), std::string_view::npos);
  EXPECT_EQ(index->mime_type, "text/html; charset=utf-8");
}

}  // namespace
}  // namespace imgmill::server
