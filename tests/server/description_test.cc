// Checks the API against its description: every operation is called, and every answer is validated
// with its schema.
#include <gmock/gmock.h>

#include <set>

#include "shared.h"

namespace imgmill::test {
namespace {

using ::testing::IsEmpty;

/// The subset of JSON Schema that the description uses: type, properties, required,
/// additionalProperties, items, enum, oneOf, minimum, maximum, $ref.
class Schema {
 public:
  explicit Schema(const Json& document) : document_(document) {}

  /// Returns the problems with `value`, one per line.
  std::string problems(const Json& value, const Json& schema, const std::string& at = "") const {
    if (schema.contains("$ref")) {
      const std::string path = schema["$ref"];
      return problems(value, document_.at(Json::json_pointer(path.substr(1))), at);
    }
    if (schema.contains("oneOf")) {
      const auto fits = [&](const Json& one) { return problems(value, one, at).empty(); };
      const auto count = std::count_if(schema["oneOf"].begin(), schema["oneOf"].end(), fits);
      return count == 1 ? "" : at + ": " + value.dump() + " is not one of these\n";
    }
    std::string found;
    if (value.is_number() &&
        (value < schema.value("minimum", value) || value > schema.value("maximum", value))) {
      found += at + ": " + value.dump() + " is out of bounds\n";
    }
    if (schema.contains("type") && !has_type(value, schema["type"])) {
      return at + ": " + value.dump() + " is not " + schema["type"].dump() + "\n";
    }
    if (schema.contains("enum")) {
      const auto& words = schema["enum"];
      if (std::find(words.begin(), words.end(), value) == words.end()) {
        found += at + ": " + value.dump() + " is not among " + words.dump() + "\n";
      }
    }
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        found += problems(value[i], schema["items"], at + "/" + std::to_string(i));
      }
    }
    if (!value.is_object()) return found;
    const Json required = schema.value("required", Json::array());
    for (const Json& name : required) {
      if (!value.contains(name.get<std::string>())) found += at + ": no " + name.dump() + "\n";
    }
    const Json known = schema.value("properties", Json::object());
    for (const auto& [name, field] : value.items()) {
      if (known.contains(name)) {
        found += problems(field, known[name], at + "/" + name);
      } else if (schema.contains("additionalProperties")) {
        found += at + ": unknown " + name + "\n";
      }
    }
    return found;
  }

 private:
  static bool has_type(const Json& value, const Json& type) {
    if (type.is_array()) {
      return std::any_of(type.begin(), type.end(),
                         [&](const Json& one) { return has_type(value, one); });
    }
    const std::string name = type;
    return (name == "object" && value.is_object()) || (name == "array" && value.is_array()) ||
           (name == "string" && value.is_string()) || (name == "number" && value.is_number()) ||
           (name == "integer" && value.is_number_integer()) ||
           (name == "boolean" && value.is_boolean()) || (name == "null" && value.is_null());
  }

  const Json& document_;
};

class Description : public SharedServer {
 protected:
  Description() : document_(server().ask("GET", "/api/openapi.json", {}, {}, false).json()) {}

  /// Checks an answer against the description of the operation.
  void check(const std::string& method, const std::string& path, const Reply& reply) {
    called_.insert(method + " " + path);
    std::string word = method;
    for (char& c : word) c = static_cast<char>(std::tolower(c));
    ASSERT_TRUE(document_["paths"].contains(path)) << path;
    ASSERT_TRUE(document_["paths"][path].contains(word)) << method << " " << path;
    const Json& responses = document_["paths"][path][word]["responses"];
    const std::string status = std::to_string(reply.status);
    ASSERT_TRUE(responses.contains(status))
        << method << " " << path << ": " << status << " " << reply.body.substr(0, 300);
    const Json content = responses[status].value("content", Json::object());
    if (content.empty()) {
      EXPECT_THAT(reply.body, IsEmpty());
      return;
    }
    const std::string type = reply.header("content-type");
    std::string promised = content.begin().key();
    for (const auto& [key, value] : content.items()) {
      if (type.starts_with(key)) promised = key;
    }
    if (promised == "application/json") {
      EXPECT_EQ(Schema(document_).problems(reply.json(), content[promised]["schema"]), "")
          << method << " " << path;
    }
    if (promised != "application/octet-stream" && promised != "image/*") {
      EXPECT_TRUE(type.starts_with(promised)) << path << ": " << type;
    }
    const Json headers = responses[status].value("headers", Json::object());
    for (const auto& [name, header] : headers.items()) {
      std::string lower = name;
      for (char& c : lower) c = static_cast<char>(std::tolower(c));
      EXPECT_FALSE(reply.header(lower).empty()) << path << " has no " << name;
    }
    // Without a token, every request is refused unless the description says otherwise.
    const bool open = document_["paths"][path][word].contains("security");
    std::string somewhere = path;
    for (std::size_t at = 0; (at = somewhere.find('{')) != std::string::npos;) {
      somewhere.replace(at, somewhere.find('}') - at + 1, "x");
    }
    const Reply without = server().ask(method, somewhere, {}, {}, false);
    EXPECT_EQ(without.status == 401, !open) << method << " " << path << ": " << without.status;
    if (without.status >= 400) {
      const Json& error = document_["components"]["schemas"]["Error"];
      EXPECT_EQ(Schema(document_).problems(without.json(), error), "") << path;
    }
  }

  /// Checks a refusal against the description of the operation.
  void check_refusal(const std::string& method, const std::string& path, const Reply& reply,
                     int status, const std::string& code) {
    EXPECT_EQ(reply.status, status) << path << ": " << reply.body;
    EXPECT_EQ(reply.code(), code) << path;
    const Json& responses = document_["paths"][path][method]["responses"];
    ASSERT_TRUE(responses.contains(std::to_string(status))) << method << " " << path;
    const std::string where = responses[std::to_string(status)]["$ref"];
    const Json& response = document_.at(Json::json_pointer(where.substr(1)));
    EXPECT_EQ(
        Schema(document_).problems(reply.json(), response["content"]["application/json"]["schema"]),
        "");
    const Json headers = response.value("headers", Json::object());
    for (const auto& [name, header] : headers.items()) {
      std::string lower = name;
      for (char& c : lower) c = static_cast<char>(std::tolower(c));
      EXPECT_FALSE(reply.header(lower).empty()) << path << " has no " << name;
    }
  }

  Json document_;
  std::set<std::string> called_;
};

TEST_F(Description, RefusalsAreDescribed) {
  const Served& s = server();
  const std::string job = s.new_job();
  const std::string one = "/api/jobs/" + job;
  const std::string any = "/api/jobs/{id}";
  check_refusal("get", any, s.get("/api/jobs/none"), 404, "not_found");
  check_refusal("get", any, s.ask("GET", one, {}, {}, false), 401, "unauthorized");
  check_refusal("get", any, s.ask("GET", one, {}, {{"Host", "elsewhere"}}), 403, "foreign_host");
  check_refusal("get", any + "/images", s.get(one + "/images?limit=x"), 400, "bad_request");
  check_refusal("post", "/api/jobs",
                s.post("/api/jobs", {{"source", {{"kind", "uploads"}}}, {"settings", {{"q", 1}}}}),
                422, "bad_settings");
  check_refusal("post", any + "/write", s.post(one + "/write", {{"to", "in-place"}}), 409,
                "conflict");
  check_refusal("post", any + "/files", s.post(one + "/files"), 415, "unsupported_media_type");
  Connection large(s.port());
  large.send(s.request("PUT", one + "/files?name=a", {}, {{"Content-Length", "99999999"}}));
  check_refusal("put", any + "/files", large.receive(), 413, "too_large");
  check_refusal("post", "/api/optimize", s.ask("POST", "/api/optimize", "no image"), 422,
                "bad_image");
  check_refusal("get", "/api/folders", s.get("/api/folders?path=/etc"), 403, "forbidden_path");
}

TEST_F(Description, EveryOperationAnswersAsDescribed) {
  files().write("described/a.png", png_file(60, 40, 1));
  const auto get = [&](const std::string& pattern, const std::string& path) {
    check("GET", pattern, server().get(path));
  };
  get("/", "/");
  get("/healthz", "/healthz");
  get("/metrics", "/metrics");
  get("/api/openapi.json", "/api/openapi.json");
  get("/api/info", "/api/info");
  get("/api/folders", "/api/folders?path=" + files().path().string());
  get("/api/folders", "/api/folders?below=1&path=" + files().path().string());
  // A file of the page, if the program was built with one.
  const std::string page = server().get("/").body;
  const std::size_t asset = page.find("/assets/");
  if (asset != std::string::npos) {
    get("/assets/{file}", page.substr(asset, page.find('"', asset) - asset));
  } else {
    called_.insert("GET /assets/{file}");
  }
  const Reply optimized = server().ask("POST", "/api/optimize", png_file(40, 30));
  check("POST", "/api/optimize", optimized);
  EXPECT_EQ(Schema(document_).problems(Json::parse(optimized.header("imgmill-result")),
                                       document_["components"]["schemas"]["OptimizeResult"]),
            "");
  check("POST", "/api/compare",
        server().ask(
            "POST", "/api/compare",
            form({{"original", "a", png_file(40, 30, 1)}, {"other", "b", png_file(40, 30, 2)}}),
            {{"Content-Type", "multipart/form-data; boundary=XbX"}}));

  const Reply created = server().post("/api/jobs", {{"source", {{"kind", "uploads"}}}});
  check("POST", "/api/jobs", created);
  const std::string one = "/api/jobs/" + created.json()["id"].get<std::string>();
  const std::string any = "/api/jobs/{id}";
  get("/api/jobs", "/api/jobs");
  check("PUT", any + "/files", server().ask("PUT", one + "/files?name=a.png", png_file(60, 40)));
  check("POST", any + "/files",
        server().ask("POST", one + "/files", form({{"f", "bad.png", "no image"}}),
                     {{"Content-Type", "multipart/form-data; boundary=XbX"}}));
  check("POST", any + "/complete", server().post(one + "/complete"));
  server().wait_for(created.json()["id"], "done");
  get(any, one);
  get(any + "/images", one + "/images?after=0");
  get(any + "/images/{index}", one + "/images/0");
  get(any + "/images/{index}", one + "/images/1");
  get(any + "/images/{index}/original", one + "/images/0/original");
  get(any + "/images/{index}/output", one + "/images/0/output");
  get(any + "/images/{index}/view", one + "/images/0/view?of=output");
  get(any + "/images/{index}/thumbnail", one + "/images/0/thumbnail");
  get(any + "/images/{index}/map", one + "/images/0/map");
  check("POST", any + "/images/{index}/variants",
        server().post(one + "/images/0/variants", {{"settings", {{"target", 60}}}}));
  check("POST", any + "/images/{index}/variants/{variant}/use",
        server().post(one + "/images/0/variants/1/use"));
  get(any + "/zip", one + "/zip");
  get(any + "/report", one + "/report");
  const Reply ticket = server().post("/api/tickets", {{"path", one + "/zip"}});
  check("POST", "/api/tickets", ticket);
  check("GET", "/api/tickets/{ticket}", server().ask("GET", ticket.json()["url"], {}, {}, false));
  check("POST", any + "/write",
        server().post(one + "/write",
                      {{"to", "folder"}, {"path", (files() / "described-out").string()}}));
  check("POST", any + "/retry", server().post(one + "/retry"));
  check("POST", any + "/cancel", server().post(one + "/cancel"));
  {
    Connection listening(server().port());
    listening.send(server().request("GET", one + "/events"));
    const std::string heard = listening.read_until("event: job", std::chrono::seconds(10));
    Reply head;
    head.status = heard.starts_with("HTTP/1.1 200") ? 200 : 0;
    head.headers["content-type"] =
        heard.find("text/event-stream") != std::string::npos ? "text/event-stream" : "";
    check("GET", any + "/events", head);
    const std::size_t data = heard.find("data: ", heard.find("event: images"));
    const Json told = Json::parse(heard.substr(data + 6, heard.find('\n', data) - data - 6));
    const Json& image = document_["components"]["schemas"]["Image"];
    EXPECT_EQ(Schema(document_).problems(told["images"][0], image), "");
  }
  check("DELETE", any, server().ask("DELETE", one));

  std::set<std::string> described;
  for (const auto& [path, methods] : document_["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      std::string word = method;
      for (char& c : word) c = static_cast<char>(std::toupper(c));
      described.insert(word + " " + path);
    }
  }
  EXPECT_EQ(called_, described);
}

}  // namespace
}  // namespace imgmill::test
