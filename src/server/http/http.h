// Requests and responses as the server sees them, whatever library carries them.
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

/// A header, or a parameter of a query.
struct Field {
  std::string name;
  std::string value;
};

/// What a client asks for, without its body.
struct Request {
  std::string method;                 ///< "GET", ...
  std::string path;                   ///< as sent, before the '?'; still percent-encoded
  std::vector<Field> query;           ///< decoded, in order
  std::vector<Field> headers;         ///< in order
  std::uint64_t body_bytes = 0;       ///< as announced; 0 where it comes in chunks
  bool chunked = false;               ///< the body comes in chunks: nobody knows how many
  bool well_formed = true;            ///< false: the address cannot be decoded
  std::vector<std::string> captures;  ///< what the pattern of the route has matched, decoded

  /// The first header of that name, in any case of letters.
  [[nodiscard]] const std::string* header(std::string_view name) const;
  [[nodiscard]] std::size_t count_headers(std::string_view name) const;
  [[nodiscard]] const std::string* parameter(std::string_view name) const;
};

/// Bytes that are made while they are sent. Used on the server's own thread: `read` never
/// waits for anything but a local file.
class BodySource {
 public:
  enum class State {
    more,    ///< there were bytes
    wait,    ///< none right now: call again when woken
    end,     ///< no more
    broken,  ///< no more, and what was sent is not whole: the connection is cut
  };
  struct Read {
    std::size_t bytes = 0;
    State state = State::more;
  };

  virtual ~BodySource() = default;
  /// Puts at most `room.size()` bytes there.
  [[nodiscard]] virtual Read read(std::span<char> room) = 0;
  /// Given once, before the first read. `wake` may be called from any thread, at any time
  /// and any number of times while the source lives.
  virtual void on_wake(std::function<void()> /*wake*/) {}
};

/// A file from its start.
struct FileBody {
  FileDescriptor file;
  std::uint64_t size = 0;
};
/// Bytes that are there as long as the program runs.
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

/// Answers one request, once, from any thread. Where it is destroyed without having
/// answered, the client gets status 500.
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

/// A request that was let in. Used on the server's own thread and destroyed when the client
/// is gone or has its answer.
class Call {
 public:
  virtual ~Call() = default;
  /// The next part of the body. A response refuses the rest.
  [[nodiscard]] virtual std::optional<Response> receive(ByteView part) = 0;
  /// The body is there. Answers now, or later on another thread.
  virtual void finish(Responder responder) = 0;
};

using Opened = std::expected<std::unique_ptr<Call>, Response>;

/// Who says what becomes of a request.
class Service {
 public:
  virtual ~Service() = default;
  /// The headers are there. A response refuses the request before its body is read.
  [[nodiscard]] virtual Opened open(Request request) = 0;
};

/// The words of a status, such as "Not Found".
[[nodiscard]] std::string_view reason_of(int status);

}  // namespace imgmill::server
