// Requests and responses, independent of the HTTP library.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "imgmill/buffer.h"
#include "platform/file.h"

namespace imgmill::server {

/// A header or a query parameter.
struct Field {
  std::string name;
  std::string value;
};

/// A client's request, without its body.
struct Request {
  std::string method;                 ///< "GET", ...
  std::string path;                   ///< as sent, before the '?'; still percent-encoded
  std::vector<Field> query;           ///< decoded, in order
  std::vector<Field> headers;         ///< in order
  std::uint64_t body_bytes = 0;       ///< the announced length; 0 if chunked
  bool chunked = false;               ///< the body comes in chunks, its length is unknown
  bool well_formed = true;            ///< false if the address cannot be decoded
  std::vector<std::string> captures;  ///< the parts matched by the route's pattern, decoded

  /// Returns the first header of that name, compared without case.
  [[nodiscard]] const std::string* header(std::string_view name) const;
  [[nodiscard]] std::size_t count_headers(std::string_view name) const;
  [[nodiscard]] const std::string* parameter(std::string_view name) const;
};

/// A body that is produced while it is sent. Used on the server's own thread: `read` never waits
/// for anything but a local file.
class BodySource {
 public:
  enum class State {
    more,    ///< bytes were written
    wait,    ///< none right now; call again when woken
    end,     ///< no more
    broken,  ///< no more, and the body is incomplete: the connection is cut
  };
  struct Read {
    std::size_t bytes = 0;
    State state = State::more;
  };

  virtual ~BodySource() = default;
  /// Writes at most `room.size()` bytes to `room`.
  [[nodiscard]] virtual Read read(std::span<char> room) = 0;
  /// Called once, before the first read. `wake` may be called from any thread, at any time and any
  /// number of times during the source's lifetime.
  virtual void on_wake(std::function<void()> /*wake*/) {}
};

/// A file, sent from its start.
struct FileBody {
  FileDescriptor file;
  std::uint64_t size = 0;
};
/// Bytes with static lifetime.
struct StaticBody {
  std::string_view bytes;
};

using Body = std::variant<std::monostate, std::string, Buffer, StaticBody, FileBody,
                          std::unique_ptr<BodySource>>;

struct Response {
  int status = 200;
  std::vector<Field> headers;
  Body body;

  Response& with(std::string name, std::string value) & {
    headers.push_back({std::move(name), std::move(value)});
    return *this;
  }
  Response&& with(std::string name, std::string value) && {
    headers.push_back({std::move(name), std::move(value)});
    return std::move(*this);
  }
};

/// Answers one request, once, from any thread. If it is destroyed without having answered, the
/// client gets status 500.
class Responder {
 public:
  explicit Responder(std::function<void(Response)> answer) : answer_(std::move(answer)) {}
  Responder(Responder&& other) noexcept : answer_(std::exchange(other.answer_, nullptr)) {}
  Responder& operator=(Responder&&) = delete;
  ~Responder();
  void operator()(Response response);

 private:
  std::function<void(Response)> answer_;
};

/// An admitted request. Used on the server's own thread, and destroyed when the client is gone or
/// has its answer.
class Call {
 public:
  virtual ~Call() = default;
  /// Takes the next part of the body. Returns a response to refuse the rest.
  [[nodiscard]] virtual std::optional<Response> receive(ByteView part) = 0;
  /// Called when the body is complete. Answers now, or later on another thread.
  virtual void finish(Responder responder) = 0;
};

using Opened = std::expected<std::unique_ptr<Call>, Response>;

/// Decides how each request is handled.
class Service {
 public:
  virtual ~Service() = default;
  /// Called when the headers are complete. Returns a response to refuse the request before its body
  /// is read.
  [[nodiscard]] virtual Opened open(Request request) = 0;
};

/// Returns the reason phrase of a status, such as "Not Found".
[[nodiscard]] std::string_view reason_of(int status);

}  // namespace imgmill::server
