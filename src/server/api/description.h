// The API's description (OpenAPI 3.1), as served.
#pragma once

#include <string_view>

namespace imgmill::server {

/// The contents of src/server/api/openapi.json, embedded at build time.
[[nodiscard]] std::string_view api_description();

}  // namespace imgmill::server
