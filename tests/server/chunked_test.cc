// Chunked bodies, sent without announcing their length (curl -T - and many libraries).
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "shared.h"

namespace imgmill::test {
namespace {

using ::testing::AnyOf;

const Headers in_chunks = {{"Transfer-Encoding", "chunked"}};

std::string hex(std::size_t number) {
  std::string text;
  do {
    text.insert(text.begin(), "0123456789abcdef"[number & 15U]);
    number >>= 4U;
  } while (number > 0);
  return text;
}

std::string chunk(const std::string& bytes) { return hex(bytes.size()) + "\r\n" + bytes + "\r\n"; }

/// Splits into chunks of 1, 2, 3, ... bytes.
std::string chunked(const std::string& bytes) {
  std::string text;
  std::size_t size = 1;
  for (std::size_t at = 0; at < bytes.size(); at += size++) text += chunk(bytes.substr(at, size));
  return text + "0\r\n\r\n";
}

class Chunked : public SharedServer {
 protected:
  void TearDown() override {
    EXPECT_EQ(server().ask("GET", "/healthz", {}, {}, false).status, 200);
  }
  static std::string files_of(const std::string& job) { return "/api/jobs/" + job + "/files"; }
  static void expect_nothing_stays(const std::string& job) {
    EXPECT_EQ(server().get("/api/jobs/" + job).json()["images"], 0);
    EXPECT_TRUE(std::filesystem::is_empty(workspace() / "jobs" / job / "in"));
    EXPECT_EQ(server().ask("DELETE", "/api/jobs/" + job).status, 204);
  }
};

TEST_F(Chunked, AreTakenLikeAnyOtherBody) {
  const std::string job = server().new_job();
  const std::string png = png_file(120, 90);
  {
    // Extensions and trailers are ignored, and the connection can be reused.
    Connection connection(server().port());
    const std::string body = "5;name=value\r\n" + png.substr(0, 5) + "\r\n" + chunk(png.substr(5)) +
                             "0\r\nChecksum: none\r\n\r\n";
    connection.send(server().request("PUT", files_of(job) + "?name=a.png", body, in_chunks));
    EXPECT_EQ(connection.receive().status, 201);
    connection.send(
        server().request("PUT", files_of(job) + "?name=b.png", chunked(png), in_chunks));
    EXPECT_EQ(connection.receive().status, 201);
    Headers form_headers = in_chunks;
    form_headers.emplace_back("Content-Type", "multipart/form-data; boundary=XbX");
    connection.send(server().request("POST", files_of(job),
                                     chunked(form({{"f", "c.png", png}, {"f", "d.png", png}})),
                                     form_headers));
    EXPECT_EQ(connection.receive().status, 201);
    connection.send(
        server().request("POST", "/api/jobs/" + job + "/complete", chunked(""), in_chunks));
    EXPECT_EQ(connection.receive().status, 200);
  }
  EXPECT_EQ(server().wait_for(job, "done")["images"], 4);
  for (int at = 0; at < 4; ++at) {
    const std::string path = "/api/jobs/" + job + "/images/" + std::to_string(at) + "/original";
    EXPECT_EQ(server().get(path).body, png) << at;
  }
  // Longer than the initial buffer for such bodies.
  const std::string large = png_file(700, 500);
  ASSERT_GT(large.size(), std::size_t{600'000});
  const Reply known = server().ask("POST", "/api/optimize?effort=fast", large);
  const Reply unknown = server().ask(
      "POST", "/api/optimize?effort=fast",
      chunk(large.substr(0, 100'000)) + chunk(large.substr(100'000)) + "0\r\n\r\n", in_chunks);
  EXPECT_EQ(unknown.status, 200) << unknown.body;
  EXPECT_EQ(unknown.body, known.body);
  const Reply created =
      server().ask("POST", "/api/jobs", chunked(R"({"source": {"kind": "uploads"}})"), in_chunks);
  EXPECT_EQ(created.status, 201) << created.body;
  expect_nothing_stays(created.json()["id"]);
}

TEST_F(Chunked, WithoutEndAreCutOffWithAnAnswer) {
  const std::string job = server().new_job();
  const std::string piece = chunk(std::string(64 << 10, 'x'));
  for (const auto& [method, path] :
       {std::pair<std::string, std::string>{"PUT", files_of(job) + "?name=a.png"},
        {"POST", "/api/jobs"},
        {"GET", "/healthz"},
        {"POST", "/api/jobs/" + job + "/complete"}}) {
    Connection endless(server().port());
    std::size_t sent = 0;
    std::thread sender([&] {
      endless.send(server().request(method, path, {}, in_chunks));
      while (endless.send(piece)) sent += piece.size();
    });
    const Reply reply = endless.receive();
    EXPECT_EQ(reply.code(), "too_large") << path;
    EXPECT_EQ(reply.status, 413);
    sender.join();
    // The limit, the amount that is discarded beyond it, and what was in flight.
    EXPECT_LT(sent, std::size_t{64} << 20) << path;
  }
  EXPECT_EQ(server().get("/api/jobs/" + job).json()["state"], "receiving");
  expect_nothing_stays(job);
}

TEST_F(Chunked, ThatTrickleRunOutOfTime) {
  const std::string job = server().new_job();
  Connection body(server().port());
  Connection size(server().port());
  Connection trailer(server().port());
  const std::string head = server().request("PUT", files_of(job) + "?name=a.png", {}, in_chunks);
  body.send(head);
  size.send(head);
  trailer.send(head + "0\r\n");
  for (int i = 0; i < 14; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    body.send(chunk("x"));
    size.send("0");
    trailer.send("X: y\r\n");
  }
  for (Connection* const slow : {&body, &size, &trailer}) {
    const Reply reply = slow->receive();
    EXPECT_EQ(reply.status, 408);
    EXPECT_EQ(reply.code(), "request_timeout");
  }
  expect_nothing_stays(job);
}

TEST_F(Chunked, WithAnotherLengthOrCodingAreRefused) {
  const std::string job = server().new_job();
  const std::string path = files_of(job) + "?name=a.png";
  for (const Headers& headers :
       {Headers{{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}},
        Headers{{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}},
        Headers{{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}},
        Headers{{"Transfer-Encoding", "gzip, chunked"}}, Headers{{"Transfer-Encoding", "gzip"}},
        Headers{{"Transfer-Encoding", "identity"}}, Headers{{"Transfer-Encoding", "xchunked"}}}) {
    Connection connection(server().port());
    // A second request after it is never taken for one.
    connection.send(server().request("PUT", path, "0\r\n\r\n", headers) +
                    server().request("GET", "/api/info"));
    EXPECT_EQ(connection.receive().code(), "bad_request");
    EXPECT_EQ(connection.receive(std::chrono::seconds(3)).status, 0);
  }
  expect_nothing_stays(job);
}

TEST_F(Chunked, ThatAreNoChunksAreRefused) {
  const std::string job = server().new_job();
  const std::string path = files_of(job) + "?name=a.png";
  for (const std::string& body :
       {std::string("zz\r\nxx"), std::string("-1\r\nx"), std::string("\r\nx"),
        std::string("FFFFFFFFFFFFFFFFFF\r\nx"), std::string("3\r\nabcdef\r\n0\r\n\r\n"),
        "5;" + std::string(200'000, 'x') + "\r\nhello\r\n0\r\n\r\n",
        "0\r\nX: " + std::string(200'000, 'x') + "\r\n\r\n", std::string(200'000, '0')}) {
    Connection odd(server().port());
    odd.send(server().request("PUT", path, body, in_chunks));
    // The HTTP library answers these itself (500 for a line that is too long), or hangs up.
    EXPECT_THAT(odd.receive(std::chrono::seconds(5)).status, AnyOf(0, 400, 408, 413, 431, 500))
        << body.substr(0, 20);
  }
  expect_nothing_stays(job);
}

TEST_F(Chunked, WhoAsksBeforeSendingIsToldBefore) {
  const std::string job = server().new_job();
  Headers asking = in_chunks;
  asking.emplace_back("Expect", "100-continue");
  {
    Connection welcome(server().port());
    welcome.send(server().request("PUT", files_of(job) + "?name=a.png", {}, asking));
    EXPECT_EQ(welcome.read_until("\r\n\r\n", std::chrono::seconds(5)),
              "HTTP/1.1 100 Continue\r\n\r\n");
    welcome.send(chunked(png_file(8, 8)));
    EXPECT_EQ(welcome.receive().status, 201);
  }
  Connection refused(server().port());
  refused.send(server().request("PUT", files_of("none") + "?name=a.png", {}, asking));
  const std::string answer = refused.read_until("\r\n\r\n", std::chrono::seconds(5));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 404")) << answer;
  // Other bodies are read for a while, so that the answer is not lost.
  Connection blind(server().port());
  blind.send(server().request("PUT", files_of("none") + "?name=a.png", chunked(png_file(60, 60)),
                              in_chunks));
  EXPECT_EQ(blind.receive().code(), "not_found");
  blind.send(server().request("GET", "/healthz"));
  EXPECT_EQ(blind.receive().status, 200);
  server().ask("DELETE", "/api/jobs/" + job);
}

}  // namespace
}  // namespace imgmill::test
