#include "server/api/dispatcher.h"

#include <algorithm>
#include <cstring>

#include "server/http/url.h"

namespace imgmill::server {
namespace {

constexpr std::uint64_t longest_json = std::uint64_t{4} << 20;
// Limit on all request bodies held in memory together.
constexpr std::uint64_t most_held = std::uint64_t{1} << 30;
// Initial buffer size for a body of unknown length.
constexpr std::uint64_t first_room = std::uint64_t{256} << 10;
constexpr int file_threads = 8;  // some tasks take long: writing a folder, removing a job
constexpr std::size_t most_waiting = 512;

std::unexpected<Response> no(ApiError why, std::string_view message, std::string_view advice) {
  return std::unexpected(api_error(why, message, advice));
}

Response too_large() {
  return api_error(ApiError::too_large, "the body is larger than this server takes",
                   "see limits in GET /api/info");
}
Response too_many() {
  return api_error(ApiError::limit, "too many bytes are being worked on", "try again in a moment");
}

/// Adds the security headers that every response carries.
Response secured(Response response) {
  response.with("X-Content-Type-Options", "nosniff");
  response.with("Referrer-Policy", "no-referrer");
  response.with("Cross-Origin-Opener-Policy", "same-origin");
  response.with("Cross-Origin-Resource-Policy", "same-origin");
  return response;
}

Responder secured(Responder responder) {
  return Responder([kept = std::make_shared<Responder>(std::move(responder))](Response response) {
    (*kept)(secured(std::move(response)));
  });
}

/// Wraps a call and adds the security headers to its response.
class Secured final : public Call {
 public:
  explicit Secured(std::unique_ptr<Call> call) : call_(std::move(call)) {}
  std::optional<Response> receive(ByteView part) override {
    auto refused = call_->receive(part);
    if (refused) return secured(*std::move(refused));
    return std::nullopt;
  }
  void finish(Responder responder) override { call_->finish(secured(std::move(responder))); }

 private:
  std::unique_ptr<Call> call_;
};

}  // namespace

/// Gathers a body in memory.
class Dispatcher::Gathered final : public Call {
 public:
  /// `most` limits the bytes of a chunked body; the length of any other body was checked before.
  Gathered(Dispatcher& desk, const Route& route, Request request, std::uint64_t most)
      : dispatcher_(desk), route_(route), request_(std::move(request)), most_(most) {
    held_ = route.takes == RequestBody::nothing ? 0 : request_.body_bytes;
    dispatcher_.held_ += held_;
    body_ = Buffer::uninitialised(held_);
  }
  ~Gathered() override { dispatcher_.held_ -= held_; }
  Gathered(const Gathered&) = delete;
  Gathered& operator=(const Gathered&) = delete;

  std::optional<Response> receive(ByteView part) override {
    if (request_.chunked && part.size() > most_ - got_) return too_large();
    if (route_.takes == RequestBody::nothing) {
      got_ += part.size();
      return std::nullopt;
    }
    if (request_.chunked && part.size() > body_.size() - got_) {
      if (auto refused = grow(got_ + part.size())) return refused;
    }
    const std::size_t room = body_.size() - got_;
    std::memcpy(body_.data() + got_, part.data(), std::min(part.size(), room));
    got_ += std::min(part.size(), room);
    return std::nullopt;
  }

  void finish(Responder responder) override {
    if (route_.takes != RequestBody::nothing) body_.shrink(got_);
    dispatcher_.dispatch(route_, std::move(request_), std::move(body_), std::move(responder));
  }

 private:
  /// Grows the buffer for a chunked body, doubling it each time so that bytes are copied rarely.
  std::optional<Response> grow(std::uint64_t needed) {
    const std::uint64_t room = std::min(most_, std::max({needed, 2 * held_, first_room}));
    const std::uint64_t more = room - held_;
    if (dispatcher_.held_ + more > most_held && dispatcher_.held_ > held_) return too_many();
    Buffer larger = Buffer::uninitialised(room);
    if (got_ > 0) std::memcpy(larger.data(), body_.data(), got_);
    body_ = std::move(larger);
    dispatcher_.held_ += more;
    held_ = room;
    return std::nullopt;
  }

  Dispatcher& dispatcher_;
  const Route& route_;
  Request request_;
  const std::uint64_t most_;
  std::uint64_t held_ = 0;
  Buffer body_;
  std::size_t got_ = 0;
};

Dispatcher::Dispatcher(Api& api, int image_threads)
    : api_(api),
      files_(file_threads, most_waiting),
      images_(std::max(image_threads, 1), most_waiting) {
  api_.files = &files_;
}

void Dispatcher::close() {
  files_.stop();
  images_.stop();
}

Opened Dispatcher::open(Request request) {
  Opened opened = admit(std::move(request));
  if (!opened) return std::unexpected(secured(std::move(opened).error()));
  return std::make_unique<Secured>(*std::move(opened));
}

Opened Dispatcher::admit(Request request) {
  if (auto foreign = api_.guard.foreign(request)) return std::unexpected(*std::move(foreign));
  if (!request.well_formed) {
    return no(ApiError::bad_request, "the address has a broken escape", "write % as %25");
  }
  bool allowed = false;
  constexpr std::string_view tickets = "/api/tickets/";
  if (request.method == "GET" && request.path.starts_with(tickets)) {
    // The ticket's path replaces the request's own; it was checked when the ticket was issued.
    const auto path =
        api_.download_tokens.redeem(std::string_view(request.path).substr(tickets.size()));
    if (path) {
      allowed = true;
      const std::size_t mark = path->find('?');
      request.path = path->substr(0, mark);
      const std::string_view query =
          mark == std::string::npos ? std::string_view() : std::string_view(*path).substr(mark + 1);
      request.query = query_fields(query).value_or(std::vector<Field>());
    }
  }
  Match found = match(routes(), request.method, request.path);
  if (found.route == nullptr && found.allowed.empty()) {
    return no(ApiError::not_found, "there is nothing at this address",
              "GET /api/openapi.json tells what there is");
  }
  if (found.route == nullptr) {
    return std::unexpected(api_error(ApiError::method_not_allowed,
                                     "this address does not take that method",
                                     "use one of " + found.allowed)
                               .with("Allow", found.allowed));
  }
  const Route& route = *found.route;
  if (route.access == Access::token && !allowed && !api_.guard.knows_token(request)) {
    return no(ApiError::unauthorized, "the token is missing or wrong",
              "send Authorization: Bearer TOKEN; the token is in the address that imgmill serve "
              "has printed");
  }
  request.captures = std::move(found.captures);
  if (route.takes == RequestBody::stream) return route.open(api_, std::move(request));
  const std::uint64_t most =
      route.takes == RequestBody::image ? 2 * api_.image_limits.max_input_bytes : longest_json;
  if (request.body_bytes > most) {
    return std::unexpected(too_large());
  }
  if (held_ + request.body_bytes > most_held && held_ > 0) return std::unexpected(too_many());
  return std::make_unique<Gathered>(*this, route, std::move(request), most);
}

void Dispatcher::dispatch(const Route& route, Request request, Buffer body, Responder responder) {
  if (route.where == Where::here) return responder(route.answer(api_, request, body));
  answer_from(route.where == Where::files ? files_ : images_, std::move(responder),
              [this, &route, request = std::move(request), body = std::move(body)]() mutable {
                return route.answer(api_, request, body);
              });
}

}  // namespace imgmill::server
