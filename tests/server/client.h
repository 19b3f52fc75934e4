// A small HTTP client that can also misbehave.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imgmill::test {

using Json = nlohmann::json;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  int status = 0;                              ///< 0: the connection ended without an answer
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  [[nodiscard]] Json json() const { return Json::parse(body); }
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
  /// The code of an error.
  [[nodiscard]] std::string code() const;
};

/// One connection to a port of 127.0.0.1.
class Connection {
 public:
  explicit Connection(std::uint16_t port);
  Connection(Connection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  /// Returns false if the other end has hung up.
  bool send(const std::string& bytes) const;
  /// Reads an answer to its end; gives up after `patience`.
  Reply receive(std::chrono::seconds patience = std::chrono::seconds(20));
  /// Reads whatever arrives within `patience`, up to `marker` if one is given.
  std::string read_until(const std::string& marker, std::chrono::milliseconds patience);

 private:
  bool more(std::chrono::steady_clock::time_point deadline);
  int socket_ = -1;
  std::string held_;
};

}  // namespace imgmill::test
