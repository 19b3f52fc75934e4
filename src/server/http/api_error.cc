#include "server/http/api_error.h"

#include <array>
#include <utility>

namespace imgmill::server {
namespace {

struct Row {
  std::string_view name;
  int status;
};

// In the order of the enumeration.
constexpr std::array rows = {
    Row{"bad_request", 400},
    Row{"unauthorized", 401},
    Row{"foreign_host", 403},
    Row{"foreign_origin", 403},
    Row{"forbidden_path", 403},
    Row{"not_found", 404},
    Row{"method_not_allowed", 405},
    Row{"request_timeout", 408},
    Row{"conflict", 409},
    Row{"too_large", 413},
    Row{"unsupported_media_type", 415},
    Row{"bad_settings", 422},
    Row{"bad_image", 422},
    Row{"limit", 429},
    Row{"internal", 500},
    Row{"shutting_down", 503},
    Row{"disk_full", 507},
};

const Row& row_of(ApiError error) { return rows[static_cast<std::size_t>(error)]; }

}  // namespace

std::string_view name_of(ApiError error) { return row_of(error).name; }
int status_of(ApiError error) { return row_of(error).status; }

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Response json_response(const Json& json, int status) {
  Response response{.status = status, .body = dumped(json) + "\n"};
  response.with("Content-Type", "application/json; charset=utf-8");
  response.with("Cache-Control", "no-store");
  return response;
}

Response api_error(ApiError why, std::string_view message, std::string_view advice) {
  Json json;
  json["error"] = {{"code", name_of(why)}, {"message", message}, {"advice", advice}};
  Response response = json_response(json, status_of(why));
  if (why == ApiError::limit || why == ApiError::shutting_down) response.with("Retry-After", "2");
  if (why == ApiError::unauthorized) response.with("WWW-Authenticate", "Bearer");
  return response;
}

Response api_error(const Error& error, ApiError otherwise) {
  ApiError why = otherwise;
  switch (error.code()) {
    case ErrorCode::bad_input:
    case ErrorCode::unsupported:
    case ErrorCode::limit:
    case ErrorCode::fault:
      why = ApiError::bad_image;
      break;
    case ErrorCode::usage:
      why = otherwise == ApiError::internal ? ApiError::bad_request : otherwise;
      break;
    case ErrorCode::cancelled:
      why = ApiError::shutting_down;
      break;
    case ErrorCode::internal:
      why = ApiError::internal;
      break;
    case ErrorCode::environment:
      // The words by which io_error() and SQLite report a full disk.
      for (const std::string_view words :
           {"disk is full", "quota is used up", "does not take files this large"}) {
        if (error.message().find(words) != std::string::npos) why = ApiError::disk_full;
      }
      break;
  }
  return api_error(why, error.message(), error.advice());
}

Response image_response(Body body, std::string_view mime_type) {
  Response response{.body = std::move(body)};
  response.with("Content-Type", std::string(mime_type));
  // An image that a browser takes for a script or a page can do nothing.
  response.with("Content-Security-Policy", "default-src 'none'; sandbox");
  return response;
}

}  // namespace imgmill::server
