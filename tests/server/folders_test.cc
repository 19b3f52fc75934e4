// Local folders: read in place, written when the user asks for it.
#include <gmock/gmock.h>

#include <filesystem>

#include "shared.h"

namespace imgmill::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Folders : public SharedServer {};

TEST_F(Folders, AreListedWithinTheRootsOnly) {
  files().write("album/a.png", png_file(8, 8));
  files().write("album/notes.txt", "hello");
  files().write("album/deep/b.png", png_file(8, 8));
  const Json roots = server().get("/api/folders").json();
  EXPECT_THAT(roots["folders"], ElementsAre(files().path().string()));
  const Json album = server().get("/api/folders?path=" + (files() / "album").string()).json();
  EXPECT_EQ(album["images"], 1);
  EXPECT_THAT(album["folders"], ElementsAre("deep"));
  EXPECT_EQ(album["parent"], files().path().string());
  EXPECT_EQ(server().get("/api/folders?path=" + files().path().string()).json()["parent"], nullptr);
  const std::string up = (files() / "album").string() + "/../../..";
  for (const std::string& path :
       {std::string("/etc"), std::string("/"), up, std::string("album"), workspace().string()}) {
    EXPECT_EQ(server().get("/api/folders?path=" + path).code(), "forbidden_path") << path;
    const Reply job =
        server().post("/api/jobs", {{"source", {{"kind", "folder"}, {"path", path}}}});
    EXPECT_EQ(job.code(), "forbidden_path") << path;
  }
  EXPECT_EQ(server().get("/api/folders?path=" + (files() / "none").string()).code(), "not_found");
}

TEST_F(Folders, ImagesBelowAreCountedAsAJobFindsThem) {
  for (const char* name : {"many/a.png", "many/b.JPG", "many/x/c.webp", "many/x/y/z/d.gif"}) {
    files().write(name, png_file(8, 8));
  }
  files().write("many/x/notes.txt", "hello");
  files().write("many/.hidden/e.png", png_file(8, 8));
  fs::create_directory_symlink(files() / "many", files() / "many/x/round");
  const std::string path = "/api/folders?path=" + (files() / "many").string();
  const Json here = server().get(path).json();
  EXPECT_EQ(here["images"], 2);
  EXPECT_FALSE(here.contains("images_below"));
  const Json below = server().get(path + "&below=1").json();
  EXPECT_EQ(below["images"], 2);
  EXPECT_EQ(below["images_below"], 4);
  EXPECT_EQ(below["counted_all"], true);
  const std::string job = server().folder_job(files() / "many");
  EXPECT_EQ(server().wait_for(job, "done")["images"], below["images_below"]);
}

TEST_F(Folders, WhatIsLeftOutIsCountedByKind) {
  files().write("mixed/a.png", png_file(8, 8));
  files().write("mixed/notes.txt", "hello");
  files().write("mixed/sub/more.TXT", "hello");
  files().write("mixed/sub/raw.nef", "a camera's own");
  files().write("mixed/.hidden/e.png", png_file(8, 8));
  const std::string job = server().folder_job(files() / "mixed");
  const Json expected = {{"files", 4},
                         {"kinds",
                          {{{"kind", "txt"}, {"count", 2}},
                           {{"kind", "camera raw"}, {"count", 1}},
                           {{"kind", "hidden folder"}, {"count", 1}}}}};
  EXPECT_EQ(server().wait_for(job, "done")["left_out"], expected);
  // A retry does not read the folder again, and forgets nothing.
  server().post("/api/jobs/" + job + "/retry", {{"indices", {0}}});
  EXPECT_EQ(server().wait_for(job, "done")["left_out"], expected);
}

TEST_F(Folders, LinksThatLeadOutAreNotFollowed) {
  const Folder outside;
  outside.write("secret.png", png_file(16, 16, 9));
  files().write("linked/own.png", png_file(16, 16, 1));
  fs::create_symlink(outside / "secret.png", files() / "linked/secret.png");
  fs::create_directory_symlink(outside.path(), files() / "linked/way-out");
  const std::string job = server().folder_job(files() / "linked");
  const Json done = server().wait_for(job, "done");
  EXPECT_EQ(done["images"], 2);
  EXPECT_EQ(done["counts"]["failed"], 1);
  const Json secret = server().get("/api/jobs/" + job + "/images/1").json();
  EXPECT_EQ(secret["name"], "secret.png");
  EXPECT_THAT(secret["error"]["message"].get<std::string>(), HasSubstr("outside"));
  EXPECT_EQ(server().get("/api/jobs/" + job + "/images/1/original").status, 404);
  EXPECT_EQ(server().get("/api/folders?path=" + (files() / "linked/way-out").string()).code(),
            "forbidden_path");
  // A link that is created later.
  fs::remove(files() / "linked/own.png");
  fs::create_symlink(outside / "secret.png", files() / "linked/own.png");
  EXPECT_EQ(server().get("/api/jobs/" + job + "/images/0/original").status, 404);
}

TEST_F(Folders, OriginalsAreReplacedWithABackup) {
  const std::string png = png_file(60, 40, 1);
  files().write("place/a.png", png);
  files().write("place/sub/b.png", png_file(60, 40, 2));
  files().write("place/c.png", png_file(60, 40, 3));
  const std::string job = server().folder_job(files() / "place");
  EXPECT_EQ(server().wait_for(job, "done")["counts"]["done"], 3);
  EXPECT_EQ(files().read("place/a.png"), png);  // not yet
  const std::string changed = png_file(60, 41, 7);
  files().write("place/c.png", changed);
  const Json written =
      server().post("/api/jobs/" + job + "/write", {{"to", "in-place"}, {"backup", true}}).json();
  EXPECT_EQ(written["images"], 2) << written;
  EXPECT_EQ(written["failed"], 1);
  EXPECT_EQ(written["errors"][0]["name"], "c.png");
  EXPECT_THAT(written["errors"][0]["message"].get<std::string>(), HasSubstr("changed"));
  EXPECT_EQ(written["errors"][0]["code"], "environment");
  EXPECT_EQ(files().read("place/c.png"), changed);
  EXPECT_EQ(files().read("place/a.png"),
            server().get("/api/jobs/" + job + "/images/0/output").body);
  EXPECT_LT(files().read("place/a.png").size(), png.size());
  EXPECT_EQ(written["backup"], (files() / "place.imgmill-backup").string());
  const std::string kept = files().path().relative_path().string() + "/place/a.png";
  EXPECT_EQ(files().read("place.imgmill-backup/" + kept), png);
  // The original can still be viewed.
  EXPECT_EQ(server().get("/api/jobs/" + job + "/images/0/original").body, png);
  EXPECT_EQ(server().get("/api/jobs/" + job).json()["written"]["to"], "in-place");
  // What was replaced is not replaced again; the other image may be retried.
  const Json again = server().post("/api/jobs/" + job + "/write", {{"to", "in-place"}}).json();
  EXPECT_EQ(again["images"], 0) << again;
  EXPECT_EQ(again["failed"], 1);
  files().write("place/c.png", png_file(60, 40, 3));
  const Reply retried = server().post("/api/jobs/" + job + "/retry", {{"indices", {1}}});
  EXPECT_EQ(retried.json()["state"], "running") << retried.body;
  // imgmill itself can restore it.
  const Outcome restored = imgmill(files(), {"restore", "place.imgmill-backup"});
  EXPECT_EQ(restored.status, 0) << restored.err;
  EXPECT_EQ(files().read("place/a.png"), png);
}

TEST_F(Folders, OutputsGoBelowAnotherFolder) {
  files().write("from/a.png", png_file(60, 40, 1));
  files().write("from/sub/a.png", png_file(60, 40, 2));
  const std::string job = server().folder_job(files() / "from", {{"outputFormat", "webp"}});
  server().wait_for(job, "done");
  const std::string write = "/api/jobs/" + job + "/write";
  const Json request = {{"to", "folder"}, {"path", (files() / "to/new").string()}};
  EXPECT_EQ(server().post(write, request).json()["images"], 2);
  EXPECT_THAT(files().files("to/new"), ElementsAre("a.webp", "sub/a.webp"));
  // Nothing is overwritten.
  const Json again = server().post(write, request).json();
  EXPECT_EQ(again["images"], 0);
  EXPECT_EQ(again["failed"], 2);
  // In place, the output would have another format under the old name.
  EXPECT_EQ(server().post(write, {{"to", "in-place"}}).json()["images"], 0);
  const Folder outside;
  for (const std::string& path : {outside.path().string(), (files() / "x/../../y").string(),
                                  std::string("relative"), std::string("/")}) {
    EXPECT_EQ(server().post(write, {{"to", "folder"}, {"path", path}}).code(), "forbidden_path")
        << path;
  }
  fs::create_directories(files() / "trap");
  fs::create_directory_symlink(outside.path(), files() / "trap/sub");
  const Json trapped =
      server().post(write, {{"to", "folder"}, {"path", (files() / "trap").string()}}).json();
  EXPECT_EQ(trapped["images"], 1);
  EXPECT_EQ(trapped["errors"][0]["name"], "sub/a.png");
  EXPECT_THAT(outside.files(), ElementsAre());
  EXPECT_EQ(server().post(write, {{"to", "nowhere"}}).code(), "bad_request");
}

TEST_F(Folders, WhatWasReplacedIsNotReplacedAgainAndItsOriginalIsNotForgotten) {
  const std::string png = png_file(60, 40, 1);
  files().write("again/a.png", png);
  const std::string job = server().folder_job(files() / "again");
  server().wait_for(job, "done");
  const std::string write = "/api/jobs/" + job + "/write";
  // Nothing can be replaced, because the file has changed.
  files().write("again/a.png", png_file(60, 41, 2));
  EXPECT_EQ(server().post(write, {{"to", "in-place"}}).json()["failed"], 1);
  files().write("again/a.png", png);
  server().post("/api/jobs/" + job + "/retry", {{"indices", {0}}});
  server().wait_for(job, "done");
  // Nor does a folder of that name count as replacement in place.
  const Json beside = {{"to", "folder"}, {"path", (files() / "in-place").string()}};
  EXPECT_EQ(server().post(write, beside).json()["images"], 1);
  EXPECT_EQ(server().get("/api/jobs/" + job).json()["written"]["to"], "folder");
  const Json replaced = server().post(write, {{"to", "in-place"}}).json();
  EXPECT_EQ(replaced["images"], 1) << replaced;
  EXPECT_LT(files().read("again/a.png").size(), png.size());
  EXPECT_EQ(server().post(write, {{"to", "in-place"}}).code(), "conflict");
  // Written again to another folder: the original is still found where it was moved.
  const Json later = {{"to", "folder"}, {"path", (files() / "again-later").string()}};
  EXPECT_EQ(server().post(write, later).json()["images"], 1);
  EXPECT_EQ(server().get("/api/jobs/" + job + "/images/0/original").body, png);
  const Json written = server().get("/api/jobs/" + job).json()["written"];
  EXPECT_EQ(written["to"], "folder");
  EXPECT_EQ(written["path"], (files() / "again-later").string());
  EXPECT_EQ(written["backup"], (files() / "again.imgmill-backup").string());
}

TEST_F(Folders, OneThatIsNotFinishedIsNotWritten) {
  const std::string job = server().new_job();
  EXPECT_EQ(server().post("/api/jobs/" + job + "/write", {{"to", "in-place"}}).code(), "conflict");
}

/// Returns the contents of `<script type="application/json" id="...">`.
Json embedded(const std::string& page, const std::string& id) {
  const std::string start = R"(<script type="application/json" id=")" + id + "\">";
  const std::size_t from = page.find(start) + start.size();
  return Json::parse(page.substr(from, page.find("</script>", from) - from), nullptr, false);
}

TEST_F(Folders, ReportsShowWhatWasReplacedAndWhatIsBroken) {
  files().write("shown/large.png", png_file(300, 200, 2));
  files().write("shown/broken.png", png_file(300, 200, 3).substr(0, 900));
  const std::string job =
      server().folder_job(files() / "shown", {{"quality", 20}, {"outputFormat", "original"}});
  server().wait_for(job, "done");
  const Reply written = server().post("/api/jobs/" + job + "/write", {{"to", "in-place"}});
  ASSERT_EQ(written.status, 200) << written.body;
  const Json shown = embedded(server().get("/api/jobs/" + job + "/report").body, "pictures");
  // The failed image has no pictures; the other is shown as it was, from the backup.
  ASSERT_EQ(shown.size(), 1U) << shown.dump();
  const Json& pair = shown.begin().value();
  const std::string before = pair["before"];
  const std::string after = pair["after"];
  EXPECT_THAT(before, StartsWith("data:image/jpeg;base64,/9j/"));
  EXPECT_THAT(after, StartsWith("data:image/jpeg;base64,/9j/"));
  EXPECT_TRUE(before != after);  // not EXPECT_NE, which would print both
  EXPECT_LT(before.size(), std::size_t{600'000});
}

TEST_F(Folders, ReportsOfAllKinds) {
  files().write("told/a.png", png_file(60, 40, 1));
  const std::string job = server().folder_job(files() / "told");
  server().wait_for(job, "done");
  const std::string report = "/api/jobs/" + job + "/report";
  const Json json = server().get(report + "?format=json").json();
  EXPECT_EQ(json["summary"]["succeeded"], 1) << json["summary"];
  EXPECT_EQ(json["results"][0]["original_path"], "a.png");
  EXPECT_THAT(server().get(report + "?format=csv").body, HasSubstr("a.png"));
  const Reply page = server().get(report);
  EXPECT_THAT(page.header("content-type"), HasSubstr("text/html"));
  EXPECT_THAT(page.body, HasSubstr("</html>"));
  const Json shown = embedded(page.body, "pictures");
  ASSERT_EQ(shown.size(), 1U);
  for (const char* which : {"before", "after"}) {
    EXPECT_THAT(shown["0"][which].get<std::string>(), StartsWith("data:image/jpeg;base64,/9j/"));
  }
  EXPECT_TRUE(shown["0"]["why"].is_null());
  EXPECT_EQ(server().get(report + "?format=pdf").code(), "bad_request");
}

}  // namespace
}  // namespace imgmill::test
