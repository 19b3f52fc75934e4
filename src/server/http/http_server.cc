#include "server/http/http_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "base/try.h"
#include "platform/io_error.h"
#include "platform/thread.h"
#include "server/http/api_error.h"
#include "server/http/framing.h"
#include "server/http/http_stream.h"
#include "server/http/url.h"

namespace imgmill::server {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

// libmicrohttpd's buffer per connection: for the headers of one request, and for each piece of a
// response.
constexpr std::size_t memory_of_a_connection = 64 * 1024;
// After a refusal, at most this much of a body is read and discarded.
constexpr std::uint64_t most_swallowed = 1 << 20;
constexpr std::uint64_t slowest_body = 64 * 1024;  // bytes per second
// Idle limit of a connection kept open for the next request.
constexpr unsigned idle_seconds = 60;

/// State of a connection, from accept to close.
struct Connection {
  enum class Phase { idle, headers, body, answer };
  int socket = -1;
  Phase phase = Phase::idle;
  Clock::time_point since = Clock::now();
  Clock::time_point deadline = Clock::time_point::max();
  bool given_up = false;  ///< it has received its last answer
};

/// The answer that a Responder leaves for the server's thread.
struct Pending {
  explicit Pending(MHD_Connection* connection) : waker(connection) {}

  std::mutex mutex;
  std::optional<Response> response;
  ConnectionWaker waker;
};

/// State of one request.
struct Exchange {
  std::string address;  ///< as sent, with the query
  bool begun = false;
  bool finished = false;  ///< the body is complete
  std::unique_ptr<Call> call;
  std::optional<Response> refused;
  std::uint64_t left = 0;  ///< bytes of the body still to come, if known
  bool chunked = false;
  std::uint64_t swallowed = 0;  ///< bytes of chunks received after the refusal
  std::shared_ptr<Pending> pending;
};

MHD_Result append_header(void* fields, MHD_ValueKind /*kind*/, const char* name,
                         std::size_t name_size, const char* value, std::size_t value_size) {
  static_cast<std::vector<Field>*>(fields)->push_back(
      {std::string(name, name_size),
       value == nullptr ? std::string() : std::string(value, value_size)});
  return MHD_YES;
}

// Addresses are decoded in url.h, which detects broken escapes and NUL bytes.
std::size_t leave_escaped(void* /*context*/, MHD_Connection* /*connection*/, char* text) {
  return std::char_traits<char>::length(text);
}

/// Returns the whole response sent to a client that is cut off in the middle of a request.
std::string last_words(const Response& response) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     std::string(reason_of(response.status)) + "\r\n";
  for (const Field& field : response.headers) text += field.name + ": " + field.value + "\r\n";
  const auto* body = std::get_if<std::string>(&response.body);
  const std::string_view bytes = body == nullptr ? std::string_view() : *body;
  text += "Content-Length: " + std::to_string(bytes.size()) + "\r\nConnection: close\r\n\r\n";
  text += bytes;
  return text;
}

class MicrohttpdServer final : public HttpServer {
 public:
  explicit MicrohttpdServer(const HttpServerOptions& options) : options_(options) {}

  ~MicrohttpdServer() override {
    close();
    if (watchdog_.joinable()) {
      watchdog_.request_stop();
      changed_.notify_all();
      watchdog_.join();
    }
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  }

  Result<void> listen() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Opened here, since the library does not report why it cannot start.
    FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return refused("no socket could be made");
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        ::listen(socket.get(), SOMAXCONN) != 0) {
      const int why = errno;
      if (why == EADDRINUSE) {
        return imgmill::fail(ErrorCode::environment,
                             "port " + std::to_string(options_.port) + " is taken",
                             "choose another with --port, or leave it out");
      }
      errno = why;
      return refused("the port cannot be listened on");
    }
    socket_ = std::move(socket);
    sockaddr_in bound{};
    socklen_t length = sizeof(bound);
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &length);
    port_ = ntohs(bound.sin_port);
    return {};
  }

  Result<void> start(Service& service) override {
    service_ = &service;
    // poll rather than epoll: with 0.9.75, 128 events at once are left lying until another comes,
    // as MHD_epoll() fetches 128 at a time and waits in full when it asks for more.
    daemon_ = MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr, &on_access,
        this, MHD_OPTION_LISTEN_SOCKET, socket_.get(), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        memory_of_a_connection, MHD_OPTION_CONNECTION_LIMIT, 2 * options_.max_connections,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, &leave_escaped, nullptr, MHD_OPTION_URI_LOG_CALLBACK,
        &on_address, this, MHD_OPTION_NOTIFY_COMPLETED, &on_completed, this,
        MHD_OPTION_NOTIFY_CONNECTION, &on_connection, this, MHD_OPTION_END);
    if (daemon_ == nullptr) {
      return imgmill::fail(ErrorCode::environment, "the HTTP server could not be started",
                           "this machine may be out of threads or descriptors");
    }
    watchdog_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
    return {};
  }

  std::uint16_t port() const override { return port_; }

  ConnectionCounts counts() const override {
    const std::lock_guard lock(mutex_);
    return {connections_.size(), requests_, timed_out_};
  }

  void close() override {
    if (closing_.exchange(true)) return;
    // The library closes its listening socket only if told to quiesce.
    if (daemon_ != nullptr) MHD_quiesce_daemon(daemon_);
    const std::lock_guard lock(mutex_);
    for (const auto& weak : sleepers_) {
      if (const auto waker = weak.lock()) waker->wake();
    }
  }

 private:
  // ---- Called by the library, all on its one thread ----------------------------

  static MHD_Result on_access(void* context, MHD_Connection* connection, const char* /*url*/,
                              const char* method, const char* version, const char* data,
                              std::size_t* size, void** slot) {
    auto& http = *static_cast<MicrohttpdServer*>(context);
    auto* const exchange = static_cast<Exchange*>(*slot);
    if (exchange == nullptr) return MHD_NO;
    try {
      return http.access(connection, method, version, {data, *size}, *size, *exchange);
    } catch (const std::exception&) {
      // Most likely out of memory; the other connections go on.
      return MHD_NO;
    }
  }

  static void* on_address(void* context, const char* address, MHD_Connection* connection) {
    auto& http = *static_cast<MicrohttpdServer*>(context);
    http.enter(connection, Connection::Phase::headers, http.options_.patience);
    try {
      auto exchange = std::make_unique<Exchange>();
      exchange->address = address;
      return exchange.release();
    } catch (const std::exception&) {
      return nullptr;
    }
  }

  static void on_completed(void* context, MHD_Connection* connection, void** slot,
                           MHD_RequestTerminationCode /*why*/) {
    auto& http = *static_cast<MicrohttpdServer*>(context);
    const std::unique_ptr<Exchange> exchange(static_cast<Exchange*>(*slot));
    *slot = nullptr;
    if (exchange && exchange->pending) exchange->pending->waker.leave();
    http.enter(connection, Connection::Phase::idle, seconds(2 * idle_seconds));
  }

  static void on_connection(void* context, MHD_Connection* connection, void** slot,
                            MHD_ConnectionNotificationCode what) {
    auto& http = *static_cast<MicrohttpdServer*>(context);
    const std::lock_guard lock(http.mutex_);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
      const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
      http.connections_.push_back(
          {.socket = info->connect_fd, .deadline = Clock::now() + http.options_.patience});
      *slot = new std::list<Connection>::iterator(std::prev(http.connections_.end()));
    } else if (*slot != nullptr) {
      const std::unique_ptr<std::list<Connection>::iterator> at(
          static_cast<std::list<Connection>::iterator*>(*slot));
      *slot = nullptr;
      http.connections_.erase(*at);
    }
  }

  // ---- One request -------------------------------------------------------------

  static Connection* record_of(MHD_Connection* connection) {
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info == nullptr || info->socket_context == nullptr) return nullptr;
    return &**static_cast<std::list<Connection>::iterator*>(info->socket_context);
  }

  /// Returns false if the connection has been given up.
  bool enter(MHD_Connection* connection, Connection::Phase phase, seconds patience) {
    const std::lock_guard lock(mutex_);
    Connection* const record = record_of(connection);
    if (record == nullptr || record->given_up) return false;
    record->phase = phase;
    record->since = Clock::now();
    record->deadline =
        phase == Connection::Phase::answer ? Clock::time_point::max() : record->since + patience;
    return true;
  }

  /// Extends the deadline of a body of unknown length by the bytes received.
  void grant(MHD_Connection* connection, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    Connection* const record = record_of(connection);
    if (record == nullptr || record->phase != Connection::Phase::body) return;
    record->deadline += std::chrono::nanoseconds(std::chrono::seconds(1)) *
                        static_cast<std::int64_t>(bytes) / static_cast<std::int64_t>(slowest_body);
  }

  MHD_Result access(MHD_Connection* connection, const char* method, const char* version,
                    std::string_view part, std::size_t& size, Exchange& exchange) {
    if (!exchange.begun) {
      exchange.begun = true;
      return begin(connection, method, version, exchange);
    }
    if (!part.empty()) {
      size = 0;
      return receive(connection, part, exchange);
    }
    if (!exchange.finished) {
      exchange.finished = true;
      if (!enter(connection, Connection::Phase::answer, seconds(0))) return MHD_NO;
      if (exchange.refused) return send(connection, *std::move(exchange.refused));
      exchange.pending = std::make_shared<Pending>(connection);
      exchange.call->finish(Responder([pending = exchange.pending](Response response) {
        const std::lock_guard lock(pending->mutex);
        pending->response = std::move(response);
        pending->waker.wake();
      }));
    }
    return answer_or_sleep(connection, exchange);
  }

  MHD_Result begin(MHD_Connection* connection, const char* method, const char* version,
                   Exchange& exchange) {
    Request request;
    request.method = method;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, &append_header, &request.headers);
    const std::string& address = exchange.address;
    const std::size_t mark = address.find('?');
    request.path = address.substr(0, mark);
    if (mark != std::string::npos) {
      auto fields = query_fields(std::string_view(address).substr(mark + 1));
      request.well_formed = fields.has_value();
      if (fields) request.query = *std::move(fields);
    }
    bool too_many = false;
    {
      const std::lock_guard lock(mutex_);
      ++requests_;
      too_many = connections_.size() > options_.max_connections;
    }
    if (too_many || closing_) {
      return send(connection, closing_ ? api_error(ApiError::shutting_down, "the server is ending",
                                                   "start it again")
                                       : api_error(ApiError::limit, "too many connections at once",
                                                   "wait for some of them to end"));
    }
    if (auto wrong = measure(request, version)) return send(connection, *std::move(wrong));
    exchange.left = request.body_bytes;
    exchange.chunked = request.chunked;
    // A client that asks before it sends a body of unknown length is answered before it does.
    const bool asks = request.chunked && request.header("Expect") != nullptr;
    const auto more = seconds(static_cast<std::int64_t>(request.body_bytes / slowest_body));
    Opened opened = service_->open(std::move(request));
    if (!opened) {
      // A small body is read and discarded, so that the connection can be reused.
      if (asks || exchange.left > most_swallowed)
        return send(connection, std::move(opened).error());
      exchange.refused = std::move(opened).error();
    } else {
      exchange.call = *std::move(opened);
    }
    if (!enter(connection, Connection::Phase::body, options_.patience + more)) return MHD_NO;
    return MHD_YES;
  }

  MHD_Result receive(MHD_Connection* connection, std::string_view part, Exchange& exchange) {
    if (exchange.chunked) {
      grant(connection, part.size());
      if (exchange.refused) exchange.swallowed += part.size();
    }
    exchange.left -= std::min<std::uint64_t>(exchange.left, part.size());
    if (!exchange.refused) {
      exchange.refused = exchange.call->receive(as_bytes(part));
      if (exchange.refused) exchange.call.reset();
    }
    if (exchange.refused && std::max(exchange.left, exchange.swallowed) > most_swallowed) {
      // The library accepts answers before a body and after it, but this one is due in the middle.
      hang_up(connection, *exchange.refused);
      return MHD_NO;
    }
    return MHD_YES;
  }

  MHD_Result answer_or_sleep(MHD_Connection* connection, Exchange& exchange) {
    for (;;) {
      {
        const std::lock_guard lock(exchange.pending->mutex);
        if (exchange.pending->response) {
          Response response = *std::move(exchange.pending->response);
          exchange.pending->response.reset();
          return send(connection, std::move(response));
        }
      }
      if (exchange.pending->waker.sleep()) return MHD_YES;
    }
  }

  // ---- Answers -----------------------------------------------------------------

  MHD_Result send(MHD_Connection* connection, Response response) {
    // From here on the watchdog does nothing: it must not write into the middle of an answer.
    if (!enter(connection, Connection::Phase::answer, seconds(0))) return MHD_NO;
    MHD_Response* const made = made_of(connection, std::move(response.body));
    if (made == nullptr) return MHD_NO;
    for (const Field& field : response.headers) {
      MHD_add_response_header(made, field.name.c_str(), field.value.c_str());
    }
    const MHD_Result queued =
        MHD_queue_response(connection, static_cast<unsigned>(response.status), made);
    MHD_destroy_response(made);
    return queued;
  }

  MHD_Response* made_of(MHD_Connection* connection, Body body) {
    static char nothing = '\0';
    if (auto* text = std::get_if<std::string>(&body)) {
      auto* const held = new std::string(std::move(*text));
      return MHD_create_response_from_buffer_with_free_callback_cls(
          held->size(), held->data(), [](void* what) { delete static_cast<std::string*>(what); },
          held);
    }
    if (auto* bytes = std::get_if<Buffer>(&body)) {
      auto* const held = new Buffer(std::move(*bytes));
      return MHD_create_response_from_buffer_with_free_callback_cls(
          held->size(), held->data(), [](void* what) { delete static_cast<Buffer*>(what); }, held);
    }
    if (const auto* known = std::get_if<StaticBody>(&body)) {
      return MHD_create_response_from_buffer(
          known->bytes.size(), const_cast<char*>(known->bytes.data()), MHD_RESPMEM_PERSISTENT);
    }
    if (auto* file = std::get_if<FileBody>(&body)) {
      // The library closes the descriptor.
      return MHD_create_response_from_fd64(file->size, file->file.release());
    }
    if (auto* source = std::get_if<std::unique_ptr<BodySource>>(&body)) {
      auto stream = std::make_unique<Stream>();
      stream->source = std::move(*source);
      stream->waker = std::make_shared<ConnectionWaker>(connection);
      stream->closing = &closing_;
      std::weak_ptr<ConnectionWaker> weak = stream->waker;
      stream->source->on_wake([weak] {
        if (const auto waker = weak.lock()) waker->wake();
      });
      {
        const std::lock_guard lock(mutex_);
        std::erase_if(sleepers_, [](const auto& known) { return known.expired(); });
        sleepers_.push_back(weak);
      }
      return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, memory_of_a_connection / 2,
                                               &Stream::read, stream.release(), &Stream::free);
    }
    return MHD_create_response_from_buffer(0, &nothing, MHD_RESPMEM_PERSISTENT);
  }

  /// Writes a final response to the socket, bypassing the library, and cuts the connection. May be
  /// called with or without the lock held.
  static void say(int socket, const Response& response) {
    const std::string text = last_words(response);
    ::send(socket, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(socket, SHUT_WR);
  }

  void hang_up(MHD_Connection* connection, const Response& response) {
    const std::lock_guard lock(mutex_);
    Connection* const record = record_of(connection);
    if (record == nullptr || std::exchange(record->given_up, true)) return;
    say(record->socket, response);
  }

  // ---- Slow clients ------------------------------------------------------------

  void watch(const std::stop_token& stop) {
    name_this_thread("imgmill-clock");
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      changed_.wait_for(lock, stop, std::chrono::milliseconds(250), [] { return false; });
      const Clock::time_point now = Clock::now();
      for (Connection& connection : connections_) {
        if (connection.given_up || now < connection.deadline) continue;
        connection.given_up = true;
        ++timed_out_;
        say(connection.socket,
            api_error(ApiError::request_timeout, "the request took too long to arrive",
                      "send it faster, or in smaller parts"));
        // The library sees the end of the connection and releases it.
        ::shutdown(connection.socket, SHUT_RD);
      }
    }
  }

  const HttpServerOptions options_;
  Service* service_ = nullptr;
  FileDescriptor socket_;
  MHD_Daemon* daemon_ = nullptr;
  std::uint16_t port_ = 0;
  std::atomic<bool> closing_{false};

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Connection> connections_;
  std::vector<std::weak_ptr<ConnectionWaker>> sleepers_;
  std::uint64_t requests_ = 0;
  std::uint64_t timed_out_ = 0;
  std::jthread watchdog_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::open(const HttpServerOptions& options) {
  auto http = std::make_unique<MicrohttpdServer>(options);
  if (auto listening = http->listen(); !listening) {
    return std::unexpected(std::move(listening).error());
  }
  return http;
}

}  // namespace imgmill::server
