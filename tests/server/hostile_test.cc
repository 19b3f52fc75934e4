// Hostile requests. Each is refused with an answer, leaves nothing behind, and does not affect the
// server.
#include <gmock/gmock.h>

#include <csignal>
#include <thread>

#include "shared.h"

namespace imgmill::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class Hostile : public SharedServer {
 protected:
  void TearDown() override {
    const Reply alive = server().ask("GET", "/healthz", {}, {}, false);
    EXPECT_EQ(alive.status, 200);
  }
};

TEST_F(Hostile, WithoutTheTokenThereIsNothing) {
  const std::string& token = server().token();
  EXPECT_EQ(token.size(), 43U);
  std::string other = token;
  other.back() = other.back() == 'A' ? 'B' : 'A';
  for (const std::string& said :
       {std::string("Bearer "), "Bearer " + other, "Bearer " + token + "x",
        "Bearer " + token.substr(1), "Basic " + token, token, "Bearer  " + token}) {
    const Reply reply = server().ask("GET", "/api/info", {}, {{"Authorization", said}}, false);
    EXPECT_EQ(reply.code(), "unauthorized") << said;
    EXPECT_EQ(reply.status, 401);
  }
  EXPECT_EQ(server().ask("GET", "/metrics", {}, {}, false).status, 401);
  EXPECT_EQ(server().ask("GET", "/api/info?token=" + token, {}, {}, false).status, 401);
  EXPECT_EQ(
      server()
          .ask("GET", "/api/info", {},
               {{"Authorization", "Bearer " + token}, {"Authorization", "Bearer " + token}}, false)
          .status,
      401);
  EXPECT_EQ(server().ask("POST", "/api/jobs", "{}", {}, false).status, 401);
  // The page contains no secrets.
  const Reply page = server().ask("GET", "/", {}, {}, false);
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.header("content-security-policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(page.body.find(token), std::string::npos);
}

TEST_F(Hostile, OtherSitesAreRefused) {
  const std::string port = std::to_string(server().port());
  for (const std::string& host :
       {std::string("evil.example"), std::string("evil.example:") + port, std::string("127.0.0.1"),
        "127.0.0.1:" + std::to_string(server().port() + 1), "127.0.0.1.evil.example:" + port,
        "user@127.0.0.1:" + port, std::string()}) {
    const Reply reply = server().ask("GET", "/api/info", {}, {{"Host", host}});
    EXPECT_THAT(reply.status, AnyOf(403, 400)) << host;
    if (reply.status == 403) {
      EXPECT_EQ(reply.code(), "foreign_host");
    }
  }
  for (const std::string& host : {"localhost:" + port, "LOCALHOST:" + port, "[::1]:" + port}) {
    EXPECT_EQ(server().ask("GET", "/api/info", {}, {{"Host", host}}).status, 200) << host;
  }
  for (const std::string& origin :
       {std::string("http://evil.example"), std::string("null"), "https://127.0.0.1:" + port,
        "http://127.0.0.1:" + std::to_string(server().port() + 1), "http://localhost:" + port}) {
    const Reply reply = server().ask("POST", "/api/jobs", "{}", {{"Origin", origin}});
    EXPECT_EQ(reply.code(), "foreign_origin") << origin;
  }
  EXPECT_EQ(server().ask("GET", "/api/info", {}, {{"Origin", "http://127.0.0.1:" + port}}).status,
            200);
  for (const char* site : {"cross-site", "same-site", "Same-Origin "}) {
    EXPECT_EQ(server().ask("GET", "/api/info", {}, {{"Sec-Fetch-Site", site}}).code(),
              "foreign_origin");
  }
  EXPECT_EQ(server().ask("GET", "/", {}, {{"Sec-Fetch-Site", "none"}}, false).status, 200);
  // Not even the page, and preflight requests are refused.
  EXPECT_EQ(server().ask("GET", "/", {}, {{"Host", "evil.example"}}, false).status, 403);
  const Reply preflight =
      server().ask("OPTIONS", "/api/jobs", {}, {{"Origin", "http://127.0.0.1:" + port}}, false);
  EXPECT_EQ(preflight.status, 405);
  EXPECT_EQ(preflight.header("access-control-allow-origin"), "");
}

TEST_F(Hostile, NamesThatLeadElsewhere) {
  const std::string job = server().new_job();
  for (const char* name :
       {"../x.png", "a/../../x.png", "/etc/x.png", "a//b.png", "a/./b.png", "..", "", "a%00b.png",
        "a%0Ab.png", "a%5C..%5Cb.png", "C:x.png", "%FF%FE.png", "%2e%2e%2fx.png", "a/%2e%2e/b"}) {
    const Reply reply = server().upload(job, name, png_file(8, 8));
    EXPECT_EQ(reply.code(), "bad_request") << name;
  }
  EXPECT_EQ(server().upload(job, std::string(2000, 'a'), png_file(8, 8)).code(), "bad_request");
  EXPECT_EQ(server().upload(job, "a%2", png_file(8, 8)).code(), "bad_request");
  const Reply form_reply =
      server().ask("POST", "/api/jobs/" + job + "/files",
                   form({{"f", "ok.png", png_file(8, 8)}, {"f", "../../x.png", "x"}}),
                   {{"Content-Type", "multipart/form-data; boundary=XbX"}});
  EXPECT_EQ(form_reply.code(), "bad_request");
  for (const char* path :
       {"/api/jobs/../../etc/passwd", "/api/jobs/%2e%2e/images", "/assets/../index.html",
        "/assets/%2e%2e%2findex.html", "/assets//etc/passwd", "//etc/passwd", "/api/jobs/..",
        "/api/jobs/"
        "x/images/-1",
        "/api/jobs/x/images/99999999999999999999"}) {
    const Reply reply = server().get(path);
    EXPECT_EQ(reply.status, 404) << path << " " << reply.body;
  }
  server().ask("DELETE", "/api/jobs/" + job);
}

TEST_F(Hostile, BodiesThatAreNotWhatTheySay) {
  const std::string job = server().new_job();
  const std::string path = "/api/jobs/" + job + "/files";
  for (const char* length : {"-1", "1e9", "99999999999999999999999999", "0x10", "5, 5"}) {
    Connection odd(server().port());
    odd.send(server().request("POST", "/api/optimize", "hello", {{"Content-Length", length}}));
    EXPECT_THAT(odd.receive().status, AnyOf(400, 413)) << length;
  }
  // Refused by its length, before a byte of it was sent.
  {
    Connection large(server().port());
    large.send(server().request("PUT", path + "?name=a.png", {},
                                {{"Content-Length", std::to_string(100 << 20)}}));
    EXPECT_EQ(large.receive().code(), "too_large");
  }
  // A form part does not announce its size: it is refused in the middle.
  {
    std::string body = form({{"f", "big.png", std::string(5 << 20, 'x')}});
    body += std::string(20 << 20, ' ');
    Connection large(server().port());
    std::thread sender([&] {
      large.send(server().request("POST", path, body,
                                  {{"Content-Type", "multipart/form-data; boundary=XbX"}}));
    });
    const Reply reply = large.receive();
    EXPECT_EQ(reply.code(), "too_large");
    sender.join();
  }
  // Bytes beyond the announced length are not part of it; missing ones are waited for, here a
  // second.
  {
    Connection lying(server().port());
    lying.send(server().request("PUT", path + "?name=a.png", png_file(8, 8) + "GARBAGE\r\n\r\n",
                                {{"Content-Length", std::to_string(png_file(8, 8).size())}}));
    EXPECT_EQ(lying.receive().status, 201);
  }
  {
    Connection lying(server().port());
    lying.send(server().request("PUT", path + "?name=b.png", "short", {{"Content-Length", "10"}}));
    const Reply reply = lying.receive();
    EXPECT_EQ(reply.status, 408);
    EXPECT_EQ(reply.code(), "request_timeout");
  }
  EXPECT_EQ(server().upload(job, "empty.png", "").code(), "bad_request");
  // No partial files remain.
  EXPECT_EQ(server().get("/api/jobs/" + job).json()["images"], 1);
  for (const auto& file : std::filesystem::directory_iterator(workspace() / "jobs" / job / "in")) {
    EXPECT_EQ(file.path().filename(), "0");
  }
}

TEST_F(Hostile, SlowClientsAreToldAndLetGo) {
  Connection silent(server().port());
  Connection dripping(server().port());
  Connection body(server().port());
  dripping.send("GET /api/info HTTP/1.1\r\nHost: ");
  body.send(server().request("POST", "/api/optimize", "x", {{"Content-Length", "1000"}}));
  for (int i = 0; i < 8; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    dripping.send("x");
    body.send("x");
  }
  EXPECT_EQ(dripping.receive().status, 408);
  EXPECT_EQ(body.receive().status, 408);
  EXPECT_EQ(silent.receive().status, 408);
}

TEST_F(Hostile, FormsThatAreNone) {
  const std::string job = server().new_job();
  const std::string path = "/api/jobs/" + job + "/files";
  const auto send = [&](const std::string& type, const std::string& body) {
    return server().ask("POST", path, body, {{"Content-Type", type}});
  };
  EXPECT_EQ(send("text/plain", "x").code(), "unsupported_media_type");
  EXPECT_EQ(send("multipart/form-data", "x").code(), "unsupported_media_type");
  EXPECT_EQ(send("multipart/form-data; boundary=" + std::string(200, 'b'), "x").code(),
            "unsupported_media_type");
  const std::string type = "multipart/form-data; boundary=XbX";
  const std::string png = png_file(8, 8);
  EXPECT_EQ(send(type, "").code(), "bad_request");
  EXPECT_EQ(send(type, "no boundary at all").code(), "bad_request");
  EXPECT_EQ(send(type, "--XbX\r\nno colon\r\n\r\nx\r\n--XbX--").code(), "bad_request");
  EXPECT_EQ(send(type, "--XbX\r\nContent-Type: image/png\r\n\r\nx\r\n--XbX--").code(),
            "bad_request");
  EXPECT_EQ(send(type, "--XbXjunk\r\n\r\nx\r\n--XbX--").code(), "bad_request");
  EXPECT_EQ(send(type, "--XbX\r\n" + std::string(20000, 'h')).code(), "bad_request");
  EXPECT_EQ(send(type, form({{"note", std::nullopt, "only a field"}})).code(), "bad_request");
  std::string cut = form({{"f", "cut.png", png}});
  cut.resize(cut.size() - 12);
  EXPECT_EQ(send(type, cut).code(), "bad_request");
  EXPECT_EQ(server().get("/api/jobs/" + job).json()["images"], 0);
}

TEST_F(Hostile, JsonThatIsNone) {
  for (const char* body :
       {"{", "[]", "7", "null", "\"x\"", "{\"source\":7}", "{\"source\":{\"kind\":\"moon\"}}",
        "{\"source\":{\"kind\":\"folder\"}}", "{\"source\":{\"kind\":\"folder\",\"path\":7}}",
        "{\"sauce\":{}}", "\xff\xfe", "{\"source\":{\"kind\":\"uploads\"},\"name\":7}"}) {
    const Reply reply = server().ask("POST", "/api/jobs", body);
    EXPECT_THAT(reply.code(), AnyOf("bad_request", "forbidden_path")) << body;
  }
  EXPECT_EQ(server().ask("POST", "/api/jobs", std::string(100'000, '[')).code(), "bad_request");
  EXPECT_EQ(server().ask("POST", "/api/jobs", std::string(5 << 20, ' ')).code(), "too_large");
  const Reply settings = server().post(
      "/api/jobs", {{"source", {{"kind", "uploads"}}}, {"settings", {{"qualty", 3}}}});
  EXPECT_EQ(settings.code(), "bad_settings");
  EXPECT_THAT(settings.body, HasSubstr("qualty"));
  const std::string job = server().new_job();
  for (const char* body : {"{\"indices\":7}", "{\"indices\":[-1]}", "{\"indices\":[1.5]}"}) {
    EXPECT_EQ(server().ask("POST", "/api/jobs/" + job + "/retry", body).code(), "bad_request");
  }
  EXPECT_EQ(server().ask("POST", "/api/jobs/" + job + "/retry", "{\"indices\":[9]}").code(),
            "not_found");
}

TEST_F(Hostile, MethodsAndAddressesThereAreNot) {
  const Reply wrong = server().ask("PATCH", "/api/jobs");
  EXPECT_EQ(wrong.code(), "method_not_allowed");
  EXPECT_EQ(wrong.header("allow"), "GET, HEAD, POST");
  EXPECT_EQ(server().ask("BREW", "/api/info").status, 405);
  EXPECT_EQ(server().ask("GET", "/api/nothing").code(), "not_found");
  EXPECT_EQ(server().ask("GET", "/api/jobs/abc/none").code(), "not_found");
  {
    Connection garbage(server().port());
    garbage.send("\x16\x03\x01 this is no HTTP\r\n\r\n");
    garbage.receive(std::chrono::seconds(3));  // hung up, or refused
  }
  {
    Connection long_header(server().port());
    long_header.send("GET / HTTP/1.1\r\nHost: " + server().host() +
                     "\r\nX: " + std::string(200'000, 'x') + "\r\n\r\n");
    EXPECT_THAT(long_header.receive().status, AnyOf(413, 431, 0));
  }
  {
    Connection old(server().port());
    old.send("GET /healthz HTTP/1.0\r\n\r\n");
    EXPECT_THAT(old.receive().status, AnyOf(403, 400));
  }
}

TEST_F(Hostile, TwoHundredConnectionsAtOnce) {
  server().ask("GET", "/healthz");
  const std::size_t before = server().descriptors();
  {
    std::vector<Connection> crowd;
    for (int i = 0; i < 200; ++i) crowd.emplace_back(server().port());
    const std::string png = png_file(16, 16);
    for (std::size_t i = 0; i < crowd.size(); ++i) {
      const std::string text = i % 2 == 0 ? server().request("GET", "/api/info")
                                          : server().request("POST", "/api/optimize", png);
      EXPECT_TRUE(crowd[i].send(text));
    }
    int refused = 0;
    for (Connection& connection : crowd) {
      const Reply reply = connection.receive();
      EXPECT_THAT(reply.status, AnyOf(200, 429));
      if (reply.status == 429) ++refused;
    }
    EXPECT_EQ(refused, 0);
  }
  // All descriptors opened for them are closed again.
  std::size_t after = 0;
  for (int tries = 0; tries < 300; ++tries) {
    after = server().descriptors();
    if (after <= before) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_LE(after, before);
}

// A batch of events as large as what the server takes from the kernel at once (128 with epoll in
// libmicrohttpd 0.9.75, which then waited for another event before it looked at these).
TEST_F(Hostile, RequestsThatArriveTogetherAreAnsweredWithoutFurtherOnes) {
  std::vector<Connection> crowd;
  for (int i = 0; i < 128; ++i) {
    Connection& connection = crowd.emplace_back(server().port());
    ASSERT_TRUE(connection.send(server().request("GET", "/healthz")));
    ASSERT_EQ(connection.receive().status, 200);
  }
  ASSERT_EQ(::kill(server().process(), SIGSTOP), 0);
  for (const Connection& connection : crowd) {
    EXPECT_TRUE(connection.send(server().request("GET", "/healthz")));
  }
  ASSERT_EQ(::kill(server().process(), SIGCONT), 0);
  EXPECT_EQ(crowd.front().receive().status, 200);
}

TEST_F(Hostile, ClientsThatLeaveInTheMiddle) {
  const std::string job = server().new_job();
  server().upload(job, "a.png", png_file(300, 200));
  server().post("/api/jobs/" + job + "/complete");
  server().wait_for(job, "done");
  const std::size_t before = server().descriptors();
  for (int i = 0; i < 20; ++i) {
    Connection zip(server().port());
    zip.send(server().request("GET", "/api/jobs/" + job + "/zip"));
    Connection upload(server().port());
    upload.send(server().request("PUT", "/api/jobs/" + job + "/files?name=x", "abc",
                                 {{"Content-Length", "1000"}}));
    Connection work(server().port());
    work.send(server().request("POST", "/api/optimize", png_file(64, 64, i)));
  }
  std::size_t after = 0;
  for (int tries = 0; tries < 1000; ++tries) {
    after = server().descriptors();
    if (after <= before) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_LE(after, before);
}

TEST_F(Hostile, ImagesAreNoPages) {
  const std::string job = server().new_job();
  server().upload(job, "page.png", "<!doctype html><script>alert(1)</script>");
  const Reply original = server().get("/api/jobs/" + job + "/images/0/original");
  EXPECT_EQ(original.header("content-type"), "application/octet-stream");
  EXPECT_EQ(original.header("x-content-type-options"), "nosniff");
  EXPECT_THAT(original.header("content-security-policy"), HasSubstr("sandbox"));
  EXPECT_THAT(original.header("content-disposition"), HasSubstr("attachment"));
}

}  // namespace
}  // namespace imgmill::test
