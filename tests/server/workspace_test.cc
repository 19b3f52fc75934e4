// Files in a workspace that do not belong to the server stay unchanged.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>

#include "pictures.h"
#include "program.h"
#include "served.h"

namespace imgmill::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

/// Overwrites bytes in the middle of a file.
void patch(const fs::path& file, std::streamoff at, const std::string& bytes) {
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekp(at);
  stream << bytes;
}

constexpr std::streamoff version_at = 60;   // PRAGMA user_version, big-endian ("Database Header")
constexpr std::streamoff first_page = 100;  // start of the schema table's b-tree

/// Creates a workspace with one finished job; returns the id of the job.
std::string used_workspace(const Folder& folder) {
  Served server(folder / "workspace", folder.path());
  const std::string job = server.new_job();
  server.upload(job, "a.png", png_file(40, 30));
  server.post("/api/jobs/" + job + "/complete");
  server.wait_for(job, "done");
  server.end(SIGTERM);
  return job;
}

Outcome serve(const Folder& folder, const std::string& workspace = "workspace") {
  return imgmill(folder, {"serve", "--port", "0", "--workspace", workspace});
}

TEST(Workspace, AFolderOfTheUsersIsRefusedAsItIs) {
  const Folder folder;
  folder.write("photos/jobs/wedding/1.jpg", "the only copy");
  folder.write("photos/jobs/wedding/2.jpg", "of these");
  fs::permissions(folder / "photos", fs::perms{0755});
  const Outcome refused = serve(folder, "photos");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("is no workspace of imgmill"));
  EXPECT_THAT(refused.err, HasSubstr("--workspace"));
  EXPECT_THAT(folder.files("photos"), ElementsAre("jobs/wedding/1.jpg", "jobs/wedding/2.jpg"));
  EXPECT_EQ(fs::status(folder / "photos").permissions(), fs::perms{0755});
}

TEST(Workspace, WhatWasPutBesideTheJobsStays) {
  const Folder folder;
  const std::string job = used_workspace(folder);
  folder.write("workspace/jobs/wedding/1.jpg", "the only copy");
  {
    Served server(folder / "workspace", folder.path());
    EXPECT_EQ(server.get("/api/jobs").json()["jobs"].size(), 1U);
    EXPECT_EQ(server.ask("DELETE", "/api/jobs/" + job).status, 204);
    server.end(SIGTERM);
  }
  EXPECT_FALSE(fs::exists(folder / ("workspace/jobs/" + job)));
  EXPECT_EQ(folder.read("workspace/jobs/wedding/1.jpg"), "the only copy");
}

TEST(Workspace, ThatOfANewerProgramIsLeftAlone) {
  const Folder folder;
  used_workspace(folder);
  patch(folder / "workspace/jobs.sqlite", version_at, std::string("\0\0\0\x63", 4));
  const auto before = folder.files("workspace");
  const Outcome refused = serve(folder);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("newer"));
  EXPECT_EQ(folder.files("workspace"), before);
}

TEST(Workspace, ADamagedListOfJobsIsPutAsideWithTheirFilesAndSaid) {
  const Folder folder;
  const std::string job = used_workspace(folder);
  patch(folder / "workspace/jobs.sqlite", first_page, std::string(16, '\x7f'));
  ServedOptions options;
  options.errors = folder / "said";
  {
    Served server(folder / "workspace", folder.path(), options);
    EXPECT_EQ(server.get("/api/jobs").json()["jobs"].size(), 0U);
    server.end(SIGTERM);
  }
  const auto files = folder.files("workspace");
  EXPECT_THAT(files, IsSupersetOf({std::string("damaged-1/jobs.sqlite"),
                                   "damaged-1/jobs/" + job + "/in/0"}));
  EXPECT_THAT(folder.read("said"), HasSubstr("damaged-1"));
  // The second time, the earlier files stay.
  patch(folder / "workspace/jobs.sqlite", 0, "no database");
  Served(folder / "workspace", folder.path()).end(SIGTERM);
  EXPECT_THAT(folder.files("workspace"),
              IsSupersetOf({std::string("damaged-1/jobs/" + job + "/in/0"),
                            std::string("damaged-2/jobs.sqlite")}));
}

}  // namespace
}  // namespace imgmill::test
