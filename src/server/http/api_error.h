// Responses of the API: errors, JSON and images.
#pragma once

#include <string>
#include <string_view>

#include "imgmill/error.h"
#include "schema/json_fields.h"
#include "server/http/http.h"

namespace imgmill::server {

/// The API's error codes; each has one HTTP status.
enum class ApiError {
  bad_request,             ///< 400
  unauthorized,            ///< 401
  foreign_host,            ///< 403
  foreign_origin,          ///< 403
  forbidden_path,          ///< 403
  not_found,               ///< 404
  method_not_allowed,      ///< 405
  request_timeout,         ///< 408
  conflict,                ///< 409
  too_large,               ///< 413
  unsupported_media_type,  ///< 415
  bad_settings,            ///< 422
  bad_image,               ///< 422
  limit,                   ///< 429
  internal,                ///< 500
  shutting_down,           ///< 503
  disk_full,               ///< 507
};

[[nodiscard]] std::string_view name_of(ApiError error);
[[nodiscard]] int status_of(ApiError error);

/// {"error": {"code", "message", "advice"}}. `message` is a sentence without a full stop.
[[nodiscard]] Response api_error(ApiError why, std::string_view message, std::string_view advice);
/// The same for an error of the core; `otherwise` if its code determines no answer.
[[nodiscard]] Response api_error(const Error& error, ApiError otherwise = ApiError::internal);

/// One line of JSON.
[[nodiscard]] Response json_response(const Json& json, int status = 200);
/// Image bytes, with headers that keep a browser from taking them for a page.
[[nodiscard]] Response image_response(Body body, std::string_view mime_type);
/// Returns JSON text that is always valid UTF-8.
[[nodiscard]] std::string dumped(const Json& json);

}  // namespace imgmill::server
