// Jobs, as a page uses them.
#include <gmock/gmock.h>

#include "shared.h"
#include "zip_reader.h"

namespace imgmill::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Jobs : public SharedServer {};

TEST_F(Jobs, UploadsAreWorkedOnWhileOthersArrive) {
  const std::string job = server().new_job();
  EXPECT_EQ(server().upload(job, "a/one.png", png_file(80, 60, 1)).json()["index"], 0);
  // The job has not been completed yet.
  Json image = Json::object();
  for (int tries = 0; tries < 500 && image.value("state", "") != "done"; ++tries) {
    image = server().get("/api/jobs/" + job + "/images/0").json();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(image["state"], "done");
  EXPECT_EQ(server().get("/api/jobs/" + job).json()["state"], "receiving");
  EXPECT_EQ(server().upload(job, "b.jpg", jpeg_file(64, 64, 95, 2)).json()["index"], 1);
  EXPECT_EQ(server().post("/api/jobs/" + job + "/complete").status, 200);
  const Json done = server().wait_for(job, "done");
  EXPECT_EQ(done["images"], 2);
  EXPECT_EQ(done["counts"]["done"].get<int>() + done["counts"]["kept"].get<int>(), 2);
  EXPECT_LT(done["bytes_after"], done["bytes_before"]);
  EXPECT_EQ(server().upload(job, "late.png", png_file(8, 8)).status, 409);
}

TEST_F(Jobs, AFormBringsManyFilesAndTheZipHasThemAll) {
  const std::string job = server().new_job({{"outputFormat", "webp"}});
  const std::string body = form({{"files", "x/one.png", png_file(40, 30, 1)},
                                 {"note", std::nullopt, "not a file"},
                                 {"files", "x/\xc3\xa9t\xc3\xa9.jpg", jpeg_file(40, 30, 95, 2)},
                                 {"files", "one.tiff.png", png_file(40, 30, 3)}});
  const Reply uploaded = server().ask("POST", "/api/jobs/" + job + "/files", body,
                                      {{"Content-Type", "multipart/form-data; boundary=XbX"}});
  EXPECT_EQ(uploaded.status, 201) << uploaded.body;
  EXPECT_THAT(uploaded.json()["indices"], ElementsAre(0, 1, 2));
  server().post("/api/jobs/" + job + "/complete");
  server().wait_for(job, "done");
  const Reply zip = server().get("/api/jobs/" + job + "/zip");
  EXPECT_EQ(zip.header("content-type"), "application/zip");
  const auto entries = read_zip(zip.body);
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_TRUE(entries.contains("x/one.webp"));
  EXPECT_TRUE(entries.contains("x/\xc3\xa9t\xc3\xa9.webp"));
  for (int i = 0; i < 3; ++i) {
    const std::string path = "/api/jobs/" + job + "/images/" + std::to_string(i);
    const std::string name = server().get(path).json()["output_name"];
    EXPECT_EQ(entries.at(name), server().get(path + "/output").body) << name;
  }
}

TEST_F(Jobs, ABadFileCostsItselfAndIsTold) {
  const std::string job = server().new_job();
  server().upload(job, "good.png", png_file(40, 30, 1));
  server().upload(job, "bad.jpg", "\xff\xd8\xff\xe0 this is no image");
  server().upload(job, "text.png", "hello");
  server().post("/api/jobs/" + job + "/complete");
  const Json done = server().wait_for(job, "done");
  EXPECT_EQ(done["counts"]["done"], 1);
  EXPECT_EQ(done["counts"]["failed"], 2);
  const Json bad = server().get("/api/jobs/" + job + "/images/1").json();
  EXPECT_EQ(bad["error"]["code"], "bad_input");
  EXPECT_FALSE(bad["error"]["advice"].get<std::string>().empty());
  const Json text = server().get("/api/jobs/" + job + "/images/2").json();
  // The name that the user gave, not that in the workspace.
  EXPECT_THAT(text["error"]["message"].get<std::string>(), HasSubstr("text.png"));
  EXPECT_EQ(server().get("/api/jobs/" + job + "/images/1/output").status, 404);
  EXPECT_EQ(server().get("/api/jobs/" + job + "/images/1/original").body,
            "\xff\xd8\xff\xe0 this is no image");
}

TEST_F(Jobs, EventsTellEveryChangeAndGoOnWhereTheyWere) {
  const std::string job = server().new_job();
  Connection listening(server().port());
  listening.send(server().request("GET", "/api/jobs/" + job + "/events"));
  server().upload(job, "a.png", png_file(40, 30, 1));
  server().upload(job, "b.png", png_file(40, 30, 2));
  server().post("/api/jobs/" + job + "/complete");
  const std::string heard =
      listening.read_until("\"state\":\"done\",\"source\"", std::chrono::seconds(20));
  EXPECT_THAT(heard, HasSubstr("text/event-stream"));
  EXPECT_THAT(heard, HasSubstr("event: images\n"));
  EXPECT_THAT(heard, HasSubstr("event: job\n"));
  server().wait_for(job, "done");
  const Json rows = server().get("/api/jobs/" + job + "/images?after=0").json();
  const std::uint64_t last = rows["sequence"];
  // Everything has been sent: only the job itself is repeated.
  Connection back(server().port());
  back.send(server().request("GET", "/api/jobs/" + job + "/events", {},
                             {{"Last-Event-ID", std::to_string(last)}}));
  const std::string again = back.read_until("event: job", std::chrono::seconds(5));
  EXPECT_THAT(again, HasSubstr("event: job"));
  EXPECT_THAT(again, Not(HasSubstr("event: images")));
  // One row is missing from what was received.
  Connection behind(server().port());
  behind.send(server().request("GET", "/api/jobs/" + job + "/events", {},
                               {{"Last-Event-ID", std::to_string(last - 1)}}));
  const std::string rest = behind.read_until("event: job", std::chrono::seconds(5));
  EXPECT_THAT(rest, HasSubstr("id: " + std::to_string(last) + "\nevent: images"));
}

TEST_F(Jobs, PagesOfImagesByIndexAndByChange) {
  const std::string job = server().new_job();
  for (int i = 0; i < 5; ++i) {
    server().upload(job, std::to_string(i) + ".png", png_file(20, 20, i));
  }
  server().post("/api/jobs/" + job + "/complete");
  server().wait_for(job, "done");
  const Json page = server().get("/api/jobs/" + job + "/images?offset=3&limit=10").json();
  ASSERT_THAT(page["images"], SizeIs(2));
  EXPECT_EQ(page["images"][0]["name"], "3.png");
  const Json changed = server().get("/api/jobs/" + job + "/images?after=0&limit=2").json();
  ASSERT_THAT(changed["images"], SizeIs(2));
  const std::string after = std::to_string(changed["sequence"].get<int>());
  const Json next = server().get("/api/jobs/" + job + "/images?after=" + after).json();
  EXPECT_THAT(next["images"], SizeIs(3));
  EXPECT_EQ(server().get("/api/jobs/" + job + "/images?limit=x").code(), "bad_request");
  EXPECT_EQ(server().get("/api/jobs/" + job + "/images?limit=5000").code(), "bad_request");
}

TEST_F(Jobs, CancelMidwayAndRetry) {
  // One worker, and images that take it many times as long as their uploads: on any machine, some
  // still wait when the job is cancelled.
  const Folder folder;
  const Served own(folder / "workspace", folder.path(), {{"-j", "1"}});
  const std::string job = own.new_job({{"outputFormat", "avif"}});
  for (int i = 0; i < 12; ++i) {
    own.upload(job, std::to_string(i) + ".png", png_file(400, 300, i));
  }
  const Json cancelled = own.post("/api/jobs/" + job + "/cancel").json();
  EXPECT_EQ(cancelled["state"], "cancelled");
  EXPECT_GT(cancelled["counts"]["cancelled"], 0);
  const Json again = own.post("/api/jobs/" + job + "/retry",
                              {{"settings", {{"outputFormat", "webp"}, {"quality", 50}}}})
                         .json();
  EXPECT_EQ(again["state"], "running");
  const Json done = own.wait_for(job, "done");
  EXPECT_EQ(done["counts"]["done"].get<int>() + done["counts"]["kept"].get<int>(), 12);
  // Including those that the cancelled run was processing.
  const Json rows = own.get("/api/jobs/" + job + "/images").json()["images"];
  ASSERT_THAT(rows, SizeIs(12));
  for (const Json& row : rows) EXPECT_EQ(row["settings"]["outputFormat"], "webp") << row;
}

TEST_F(Jobs, WhatACancelledJobHasInWorkIsEndedAtOnce) {
  const Folder folder;
  const Served own(folder / "workspace", folder.path(), {{"-j", "1"}});
  // Takes at least half a minute on any machine.
  const std::string large = png_file(2400, 1800);
  for (const bool removed : {false, true}) {
    const std::string job = own.new_job({{"outputFormat", "avif"}, {"effort", "max"}});
    const std::string path = "/api/jobs/" + job;
    own.upload(job, "large.png", large);
    for (int tries = 0; own.get(path).json()["counts"]["working"] != 1; ++tries) {
      ASSERT_LT(tries, 1000);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    const auto start = std::chrono::steady_clock::now();
    if (removed) {
      EXPECT_EQ(own.ask("DELETE", path).status, 204);
    } else {
      own.post(path + "/cancel");
      Json image;
      do {
        image = own.get(path + "/images/0").json();
      } while (image["state"] == "working");
      EXPECT_EQ(image["state"], "cancelled") << image;
      EXPECT_EQ(image["error"], nullptr);
    }
    // The only worker is free for another job.
    const std::string next = own.new_job();
    own.upload(next, "small.png", png_file(40, 30));
    own.post("/api/jobs/" + next + "/complete");
    EXPECT_EQ(own.wait_for(next, "done")["counts"]["done"], 1);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  }
  EXPECT_THAT(own.get("/metrics").body, HasSubstr("imgmill_worker_restarts_total 0\n"));
}

TEST_F(Jobs, AJobThatWaitsForItsTurnAndIsCancelledDoesNotRun) {
  const Folder folder;
  for (int i = 0; i < 3; ++i) {
    const std::string name = "in" + std::to_string(i) + "/";
    for (int j = 0; j < (i < 2 ? 8 : 1); ++j) {
      folder.write(name + std::to_string(j) + ".png", png_file(300, 200, j));
    }
  }
  const Served own(folder / "workspace", folder.path(), {{"-j", "1"}});
  const Json slow = {{"outputFormat", "avif"}, {"effort", "max"}};
  const std::string first = own.folder_job(folder / "in0", slow);
  const std::string second = own.folder_job(folder / "in1", slow);
  const std::string third = own.folder_job(folder / "in2");  // two are running
  const std::string path = "/api/jobs/" + third;
  EXPECT_EQ(own.post(path + "/cancel").json()["state"], "cancelled");
  for (const std::string& job : {first, second}) own.post("/api/jobs/" + job + "/cancel");
  own.wait_for(second, "cancelled");
  EXPECT_THAT(own.get("/metrics").body, HasSubstr("imgmill_jobs_waiting 0\n"));
  const std::string last = own.folder_job(folder / "in2");
  own.wait_for(last, "done");  // after the cancelled one
  const Json job = own.get(path).json();
  EXPECT_EQ(job["state"], "cancelled");
  EXPECT_EQ(job["images"], 0) << job;
  EXPECT_EQ(job["elapsed_ms"], 0);
  EXPECT_GT(job["finished_ms"], 0);
}

TEST_F(Jobs, CancellingAgainAndAgainCountsRight) {
  const std::string job = server().new_job({{"outputFormat", "avif"}});
  constexpr int images = 10;
  for (int i = 0; i < images; ++i) {
    server().upload(job, std::to_string(i) + ".png", png_file(120, 90, i));
  }
  const std::string path = "/api/jobs/" + job;
  for (int round = 0; round < 30; ++round) {
    const Json counts = server().post(path + "/cancel").json()["counts"];
    std::uint64_t sum = 0;
    for (const Json& count : counts) sum += count.get<std::uint64_t>();
    ASSERT_EQ(sum, images) << counts;
    server().post(path + "/retry");
    const Json now = server().get(path).json()["counts"];
    for (const Json& count : now) ASSERT_LE(count.get<std::uint64_t>(), images) << now;
  }
  const Json done = server().wait_for(job, "done");
  EXPECT_EQ(done["counts"]["done"].get<int>() + done["counts"]["kept"].get<int>(), images);
}

TEST_F(Jobs, WhatIsDeletedIsGone) {
  const std::string job = server().new_job();
  server().upload(job, "a.png", png_file(20, 20));
  EXPECT_TRUE(std::filesystem::exists(workspace() / "jobs" / job));
  EXPECT_EQ(server().ask("DELETE", "/api/jobs/" + job).status, 204);
  EXPECT_EQ(server().get("/api/jobs/" + job).code(), "not_found");
  for (int tries = 0; tries < 500 && std::filesystem::exists(workspace() / "jobs" / job); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(std::filesystem::exists(workspace() / "jobs" / job));
}

TEST_F(Jobs, LookingAtAnImage) {
  const std::string job = server().new_job({{"outputFormat", "jxl"}});
  server().upload(job, "a.png", png_file(200, 100, 5));
  server().post("/api/jobs/" + job + "/complete");
  server().wait_for(job, "done");
  const std::string image = "/api/jobs/" + job + "/images/0";
  for (int times = 0; times < 2; ++times) {  // created, then cached
    const Reply small = server().get(image + "/thumbnail?size=64");
    EXPECT_EQ(small.header("content-type"), "image/webp");
    EXPECT_EQ(small.body.substr(8, 4), "WEBP");
    EXPECT_EQ(small.header("x-content-type-options"), "nosniff");
  }
  EXPECT_EQ(server().get(image + "/original").body, png_file(200, 100, 5));
  EXPECT_EQ(server().get(image + "/output").header("content-type"), "image/jxl");
  // Browsers do not support JPEG XL.
  const Reply view = server().get(image + "/view?of=output");
  EXPECT_EQ(view.header("content-type"), "image/png");
  EXPECT_EQ(view.body.substr(1, 3), "PNG");
  const Reply map = server().get(image + "/map");
  EXPECT_EQ(map.status, 200) << map.body;
  EXPECT_EQ(map.body.substr(1, 3), "PNG");
  EXPECT_GT(std::stod(map.header("imgmill-score")), 30);
  EXPECT_EQ(server().get(image + "/view?of=nothing").code(), "bad_request");
}

TEST_F(Jobs, MapsOfResizedImagesAreOfTheSizeThatCameOut) {
  const std::string job = server().new_job(
      {{"outputFormat", "webp"}, {"resize", {{"mode", "longest"}, {"size", 330}}}});
  server().upload(job, "a.png", png_file(660, 440, 5));
  server().ask("POST", "/api/jobs/" + job + "/complete");
  server().wait_for(job, "done");
  const std::string image = "/api/jobs/" + job + "/images/0";
  const auto width_of = [](const std::string& png) {
    return static_cast<unsigned char>(png.at(18)) * 256 + static_cast<unsigned char>(png.at(19));
  };
  const Reply map = server().get(image + "/map");
  ASSERT_EQ(map.status, 200) << map.body;
  EXPECT_EQ(width_of(map.body), 330);
  EXPECT_GT(std::stod(map.header("imgmill-score")), 30);
  // Variants have their own settings.
  const Json variant =
      server()
          .post(
              image + "/variants",
              {{"settings", {{"target", 80}, {"resize", {{"mode", "percent"}, {"percent", 75}}}}}})
          .json();
  const Reply other =
      server().get(image + "/map?of=variant:" + std::to_string(variant["variant"].get<int>()));
  ASSERT_EQ(other.status, 200) << other.body;
  EXPECT_EQ(width_of(other.body), 495);
}

TEST_F(Jobs, TryingOtherSettingsAndUsingThem) {
  const std::string job = server().new_job({{"outputFormat", "jpeg"}, {"quality", 95}});
  server().upload(job, "a.png", png_file(200, 100, 5));
  server().post("/api/jobs/" + job + "/complete");
  server().wait_for(job, "done");
  const std::string image = "/api/jobs/" + job + "/images/0";
  const int before = server().get(image).json()["optimized_size"];
  const Reply tried = server().post(image + "/variants",
                                    {{"settings", {{"outputFormat", "jpeg"}, {"quality", 20}}}});
  ASSERT_EQ(tried.status, 201) << tried.body;
  EXPECT_EQ(tried.json()["variant"], 1);
  EXPECT_LT(tried.json()["size"], before);
  EXPECT_TRUE(tried.json()["score"].is_number());
  EXPECT_EQ(server().get(image + "/view?of=variant:1").body.size(), tried.json()["size"]);
  const Json used = server().post(image + "/variants/1/use").json();
  EXPECT_EQ(used["optimized_size"], tried.json()["size"]);
  EXPECT_EQ(used["settings"]["quality"], 20);
  EXPECT_EQ(server().get("/api/jobs/" + job).json()["bytes_after"], tried.json()["size"]);
  for (int i = 0; i < 8; ++i) {
    server().post(image + "/variants", {{"settings", {{"quality", 30 + i}}}});
  }
  EXPECT_EQ(server().get(image + "/view?of=variant:1").code(), "not_found");
  EXPECT_EQ(server().get(image + "/view?of=variant:9").status, 200);
}

TEST_F(Jobs, OneImageForAScript) {
  const std::string png = png_file(120, 80, 3);
  const Reply same = server().ask("POST", "/api/optimize", png);
  EXPECT_EQ(same.status, 200);
  EXPECT_EQ(same.header("content-type"), "image/png");
  const Json told = Json::parse(same.header("imgmill-result"));
  EXPECT_EQ(told["original_size"], png.size());
  EXPECT_EQ(told["optimized_size"], same.body.size());
  const Reply small = server().ask("POST", "/api/optimize?format=webp&quality=60&width=60", png);
  EXPECT_EQ(small.header("content-type"), "image/webp");
  EXPECT_EQ(Json::parse(small.header("imgmill-result"))["width"], 60);
  const Reply whole =
      server().ask("POST", "/api/optimize?settings=%7B%22outputFormat%22%3A%22jpeg%22%7D", png);
  EXPECT_EQ(whole.header("content-type"), "image/jpeg");
  EXPECT_EQ(server().ask("POST", "/api/optimize?qualty=3", png).code(), "bad_settings");
  EXPECT_EQ(server().ask("POST", "/api/optimize?quality=300", png).code(), "bad_settings");
  EXPECT_EQ(server().ask("POST", "/api/optimize", "no image").code(), "bad_image");
}

TEST_F(Jobs, OneImageOfAForm) {
  const std::string png = png_file(120, 80, 3);
  const Headers type = {{"Content-Type", "multipart/form-data; boundary=XbX"}};
  const auto sent = [&](const std::string& query, const std::vector<Part>& parts) {
    return server().ask("POST", "/api/optimize" + query, form(parts), type);
  };
  const Part image{"image", "a.png", png};
  const Reply plain = sent("", {image});
  ASSERT_EQ(plain.status, 200) << plain.body;
  EXPECT_EQ(plain.body, server().ask("POST", "/api/optimize", png).body);
  const Reply small =
      sent("?format=webp", {{"quality", std::nullopt, "60"}, image, {"width", std::nullopt, "60"}});
  EXPECT_EQ(small.header("content-type"), "image/webp");
  EXPECT_EQ(Json::parse(small.header("imgmill-result"))["width"], 60);
  const Reply whole = sent("", {image, {"settings", std::nullopt, R"({"outputFormat": "jpeg"})"}});
  EXPECT_EQ(whole.header("content-type"), "image/jpeg");
  EXPECT_EQ(sent("", {image, {"qualty", std::nullopt, "60"}}).code(), "bad_settings");
  EXPECT_EQ(sent("", {{"file", "a.png", png}}).code(), "bad_request");
  EXPECT_EQ(sent("", {{"image", "a.png", "no image"}}).code(), "bad_image");
  EXPECT_EQ(server().ask("POST", "/api/optimize", "--XbX\r\nbroken", type).code(), "bad_request");
}

TEST_F(Jobs, TwoImagesAreCompared) {
  const std::string type = "multipart/form-data; boundary=XbX";
  const std::string pair = form(
      {{"original", "a.png", png_file(100, 70, 1)}, {"other", "b.jpg", jpeg_file(100, 70, 40, 1)}});
  const Reply told = server().ask("POST", "/api/compare", pair, {{"Content-Type", type}});
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_EQ(told.json()["original"]["format"], "png");
  EXPECT_EQ(told.json()["other"]["size"], jpeg_file(100, 70, 40, 1).size());
  EXPECT_EQ(told.json()["width"], 100);
  const Reply map = server().ask("POST", "/api/compare?map=1", pair, {{"Content-Type", type}});
  EXPECT_EQ(map.body.substr(1, 3), "PNG");
  EXPECT_EQ(std::stod(map.header("imgmill-score")), told.json()["score"].get<double>());
  const Reply odd = server().ask(
      "POST", "/api/compare",
      form({{"original", "a.png", png_file(100, 70, 1)}, {"other", "b.png", png_file(90, 70, 1)}}),
      {{"Content-Type", type}});
  EXPECT_EQ(odd.code(), "bad_image");
  EXPECT_THAT(odd.body, HasSubstr("differ in size"));
}

TEST_F(Jobs, OriginalsOfFailedImagesComeAlongOnRequest) {
  const std::string job = server().new_job();
  const std::string broken = png_file(60, 40, 2).substr(0, 300);
  server().upload(job, "album/fine.png", png_file(60, 40, 1));
  server().upload(job, "album/broken.png", broken);
  server().ask("POST", "/api/jobs/" + job + "/complete");
  EXPECT_EQ(server().wait_for(job, "done")["counts"]["failed"], 1);
  const std::string zip = "/api/jobs/" + job + "/zip";
  EXPECT_THAT(read_zip(server().get(zip).body), SizeIs(1));
  const auto all = read_zip(server().get(zip + "?originals=1").body);
  EXPECT_THAT(all, SizeIs(2));
  ASSERT_TRUE(all.contains("not-optimized/album/broken.png"));
  EXPECT_EQ(all.at("not-optimized/album/broken.png"), broken);
}

TEST_F(Jobs, ATicketIsGoodForOneDownload) {
  const std::string job = server().new_job();
  server().upload(job, "a.png", png_file(20, 20));
  server().post("/api/jobs/" + job + "/complete");
  server().wait_for(job, "done");
  const std::string url =
      server().post("/api/tickets", {{"path", "/api/jobs/" + job + "/zip"}}).json()["url"];
  const Reply first = server().ask("GET", url, {}, {}, false);
  EXPECT_EQ(first.header("content-type"), "application/zip");
  EXPECT_THAT(read_zip(first.body), SizeIs(1));
  EXPECT_EQ(server().ask("GET", url, {}, {}, false).status, 404);
  for (const char* path : {"/api/info", "/api/jobs/../info", "/metrics", "/", "zip"}) {
    EXPECT_EQ(server().post("/api/tickets", {{"path", path}}).code(), "bad_request") << path;
  }
}

}  // namespace
}  // namespace imgmill::test
