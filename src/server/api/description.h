// The description of the API (OpenAPI 3.1), as it is served.
#pragma once

#include <string_view>

namespace imgmill::server {

/// src/server/api/openapi.json, made a part of the program when it is built.
[[nodiscard]] std::string_view api_description();

}  // namespace imgmill::server
