// Servers end, one way or another, and new ones take over their workspace.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <thread>

#include "pictures.h"
#include "program.h"
#include "served.h"
#include "zip_reader.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr int images = 12;

/// Starts a job; it is running when this returns.
std::string busy_job(const Served& server, bool complete) {
  const std::string job = server.new_job({{"outputFormat", "avif"}, {"quality", 50}});
  for (int i = 0; i < images; ++i) {
    server.upload(job, "p/" + std::to_string(i) + ".png", png_file(200, 150, i));
  }
  if (complete) server.post("/api/jobs/" + job + "/complete");
  return job;
}

void expect_all_done(const Served& server, const std::string& job) {
  const Json again = server.post("/api/jobs/" + job + "/retry").json();
  EXPECT_EQ(again["state"], "running") << again;
  const Json done = server.wait_for(job, "done");
  EXPECT_EQ(done["images"], images);
  EXPECT_EQ(done["counts"]["done"].get<int>() + done["counts"]["kept"].get<int>(), images);
  EXPECT_THAT(read_zip(server.get("/api/jobs/" + job + "/zip").body), SizeIs(images));
}

TEST(Restart, AfterKillMinusNineTheJobGoesOn) {
  const Folder folder;
  std::string job;
  {
    Served server(folder / "workspace", folder.path());
    job = busy_job(server, true);
    server.end(SIGKILL);
  }
  const Served server(folder / "workspace", folder.path());
  const Json found = server.get("/api/jobs/" + job).json();
  EXPECT_EQ(found["state"], "interrupted");
  EXPECT_EQ(found["images"], images);
  EXPECT_EQ(found["counts"]["working"], 0);
  expect_all_done(server, job);
}

TEST(Restart, CtrlCEndsCleanlyAndWhatHasArrivedCounts) {
  const Folder folder;
  std::string job;
  int finished = 0;
  {
    Served server(folder / "workspace", folder.path());
    job = busy_job(server, false);
    const int status = server.end(SIGINT);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  const Served server(folder / "workspace", folder.path());
  const Json found = server.get("/api/jobs/" + job).json();
  EXPECT_EQ(found["state"], "interrupted");
  finished = found["counts"]["done"].get<int>() + found["counts"]["kept"].get<int>();
  EXPECT_EQ(found["counts"]["waiting"].get<int>() + finished, images);
  EXPECT_EQ(server.upload(job, "late.png", png_file(8, 8)).code(), "conflict");
  expect_all_done(server, job);
}

TEST(Restart, TheTokenStaysUntilAnotherOneIsWanted) {
  namespace fs = std::filesystem;
  const Folder folder;
  const fs::path kept = folder / "workspace/token";
  const auto rights = [&] { return fs::status(kept).permissions(); };
  constexpr fs::perms owner_only = fs::perms::owner_read | fs::perms::owner_write;
  std::string token;
  {
    Served server(folder / "workspace", folder.path());
    token = server.token();
    EXPECT_EQ(folder.read("workspace/token"), token + "\n");
    EXPECT_EQ(rights(), owner_only);
    server.end(SIGKILL);
  }
  const Headers with_old = {{"Authorization", "Bearer " + token}};
  {
    const Served server(folder / "workspace", folder.path());
    EXPECT_EQ(server.token(), token);
    EXPECT_EQ(server.ask("GET", "/api/info", {}, with_old, false).status, 200);
  }
  {
    const Served server(folder / "workspace", folder.path(), {{"--new-token"}});
    EXPECT_NE(server.token(), token);
    EXPECT_EQ(server.ask("GET", "/api/info", {}, with_old, false).status, 401);
    token = server.token();
  }
  EXPECT_EQ(Served(folder / "workspace", folder.path()).token(), token);
  // A token that others may have read, or that is invalid, is replaced.
  fs::permissions(kept, owner_only | fs::perms::group_read);
  const std::string other = Served(folder / "workspace", folder.path()).token();
  EXPECT_NE(other, token);
  EXPECT_EQ(rights(), owner_only);
  for (const char* text : {"", "short\n", "a text that is as long as a token, but none\n"}) {
    folder.write("workspace/token", text);
    EXPECT_EQ(Served(folder / "workspace", folder.path()).token().size(), 43U) << text;
  }
}

TEST(Restart, ASecondServerOnAWorkspaceSaysSo) {
  const Folder folder;
  const Served first(folder / "workspace", folder.path());
  const Outcome second = imgmill(folder, {"serve", "--port", "0", "--workspace", "workspace"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("another imgmill serve uses the workspace"));
  const Outcome taken =
      imgmill(folder, {"serve", "--port", std::to_string(first.port()), "--workspace", "other"});
  EXPECT_EQ(taken.status, 1);
  EXPECT_THAT(taken.err, HasSubstr("is taken"));
}

TEST(Restart, TheWorkspaceIsForItsOwnerOnly) {
  const Folder folder;
  const Served server(folder / "workspace", folder.path());
  const auto rights = std::filesystem::status(folder / "workspace").permissions();
  EXPECT_EQ(rights, std::filesystem::perms::owner_all);
}

TEST(Restart, AFullDiskIsToldAndSurvived) {
  const Folder folder;
  std::filesystem::create_directories(folder / "workspace");
  std::optional<Served> server;
  try {
    server.emplace(folder / "workspace", folder.path(), ServedOptions{{}, 2048});
  } catch (const std::exception&) {
    GTEST_SKIP() << "no tmpfs can be mounted here (needs root)";
  }
  const std::string job = server->new_job();
  const std::string png = png_file(400, 300);  // 360 kB
  Reply reply;
  int sent = 0;
  for (; sent < 20; ++sent) {
    reply = server->upload(job, std::to_string(sent) + ".png", png);
    if (reply.status != 201) break;
  }
  EXPECT_LT(sent, 8);
  EXPECT_EQ(reply.status, 507) << reply.body;
  EXPECT_EQ(reply.code(), "disk_full");
  EXPECT_EQ(server->ask("GET", "/healthz").status, 200);
  // Deleting frees space.
  EXPECT_EQ(server->ask("DELETE", "/api/jobs/" + job).status, 204);
  std::string next;
  for (int tries = 0; tries < 200; ++tries) {
    const Reply created = server->post("/api/jobs", {{"source", {{"kind", "uploads"}}}});
    if (created.status == 201) {
      next = created.json()["id"];
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ASSERT_FALSE(next.empty());
  EXPECT_EQ(server->upload(next, "a.png", png_file(20, 20)).status, 201);
}

}  // namespace
}  // namespace imgmill::test
