// Commands from the program that has started the server: more folders, and the end.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include "pictures.h"
#include "program.h"
#include "served.h"

namespace imgmill::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

Json allow(const Served& server, const std::vector<std::string>& paths) {
  return server.command(Json({{"id", 7}, {"allow", paths}}).dump());
}

TEST(Control, FoldersAndFilesThatWereChosenCanBeUsedFromThenOn) {
  const Folder folder;
  const Folder other;
  other.write("chosen/a.png", png_file(60, 40, 1));
  other.write("files/one.png", png_file(60, 40, 2));
  other.write("files/two.png", png_file(60, 40, 3));
  const Served server(folder / "workspace", folder.path(), {.control = true});
  const std::string chosen = (other / "chosen").string();
  const auto jobs = [&](const Json& source) {
    return server.post("/api/jobs", {{"source", source}});
  };
  EXPECT_EQ(jobs({{"kind", "folder"}, {"path", chosen}}).code(), "forbidden_path");

  const std::string one = (other / "files/one.png").string();
  const Json answer = allow(server, {chosen, one, "relative", (other / "none").string()});
  EXPECT_EQ(answer["id"], 7);
  EXPECT_THAT(answer["allowed"], ElementsAre(chosen, one));
  ASSERT_EQ(answer["refused"].size(), 2U) << answer;
  EXPECT_EQ(answer["refused"][0]["path"], "relative");
  EXPECT_THAT(answer["refused"][0]["message"].get<std::string>(), HasSubstr("absolute"));

  EXPECT_EQ(server.wait_for(server.folder_job(chosen), "done")["images"], 1);
  EXPECT_THAT(server.get("/api/info").json()["roots"],
              UnorderedElementsAre(folder.path().string(), chosen));

  // From the other folder, only that one file is allowed.
  const Json source = {{"kind", "folder"}, {"path", (other / "files").string()}};
  EXPECT_EQ(jobs(source).code(), "forbidden_path");
  Json both = source;
  both["files"] = {"one.png", "two.png"};
  EXPECT_EQ(jobs(both).code(), "forbidden_path");
  Json single = source;
  single["files"] = {"one.png", "one.png"};
  const Json job = jobs(single).json();
  const std::string id = job["id"];
  const Json done = server.wait_for(id, "done");
  EXPECT_EQ(done["images"], 1);
  EXPECT_EQ(done["counts"]["done"], 1);
  EXPECT_EQ(server.get("/api/folders?path=" + (other / "files").string()).code(), "forbidden_path");

  const Json written =
      server.post("/api/jobs/" + id + "/write", {{"to", "in-place"}, {"backup", true}}).json();
  EXPECT_EQ(written["images"], 1) << written;
  EXPECT_LT(other.read("files/one.png").size(), png_file(60, 40, 2).size());
  EXPECT_EQ(other.read("files/two.png"), png_file(60, 40, 3));
}

TEST(Control, FilesOfAFolderAreNamedFromTheFolderOn) {
  const Folder folder;
  folder.write("in/a.png", png_file(60, 40, 1));
  folder.write("in/sub/b.png", png_file(60, 40, 2));
  folder.write("in/c.png", png_file(60, 40, 3));
  const Served server(folder / "workspace", folder.path());
  const auto job = [&](const Json& files) {
    return server.post(
        "/api/jobs",
        {{"source", {{"kind", "folder"}, {"path", (folder / "in").string()}, {"files", files}}}});
  };
  for (const Json& files :
       {Json("a.png"), Json::array(), Json::array({1}), Json::array({"../in/a.png"}),
        Json::array({"/a.png"}), Json::array({""}), Json::array({"./a.png"}),
        Json::array({"sub/../a.png"}), Json::array({"sub/"})}) {
    EXPECT_EQ(job(files).code(), "bad_request") << files;
  }
  // A file that has disappeared since only fails itself.
  const Json started = job({"a.png", "sub/b.png", "gone.png"}).json();
  const Json done = server.wait_for(started["id"], "done");
  EXPECT_EQ(done["images"], 3);
  EXPECT_EQ(done["counts"]["done"], 2) << done;
  EXPECT_EQ(done["counts"]["failed"], 1);
}

TEST(Control, WhatIsNoCommandIsAnsweredAndTheServerLives) {
  const Folder folder;
  const Served server(folder / "workspace", folder.path(), {.control = true});
  for (const char* line : {"", "hello", "[]", "{}", R"({"id": 1})", R"({"id": 1, "allow": "/"})",
                           R"({"id": 1, "allow": [1]})", R"({"id": {}, "allow": []})",
                           R"({"id": 1, "allow": [], "more": 1})", "\xff\xfe"}) {
    const Json answer = server.command(line);
    EXPECT_EQ(answer["error"]["code"], "usage") << line << " -> " << answer;
  }
  EXPECT_EQ(server.get("/healthz").status, 200);
  EXPECT_TRUE(allow(server, {}).contains("allowed"));
}

TEST(Control, TheServerEndsWhenNobodyIsThereToCommandIt) {
  const Folder folder;
  Served server(folder / "workspace", folder.path(), {.control = true});
  const int status = server.end_commands();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace imgmill::test
