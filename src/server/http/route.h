// The route table, which drives dispatching, refusals, and the test against the API's description.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http.h"

namespace imgmill::server {

struct Api;

enum class Access {
  token,  ///< clients that know the token
  open,   ///< anyone on this machine: for what holds no secrets
};
enum class RequestBody {
  nothing,  ///< the body is not read
  json,     ///< a small JSON object, or nothing
  image,    ///< image bytes, or a form with two images
  stream,   ///< handled by `open`
};
enum class Where {
  here,    ///< on the server's own thread: only memory is read
  files,   ///< on threads that may wait for disks
  images,  ///< on threads that may wait for workers
};

struct Route {
  std::string_view method;
  /// "/api/jobs/{id}/images/{index}"; braces match any one part.
  std::string_view pattern;
  Access access;
  RequestBody takes;
  Where where;
  Response (*answer)(Api& api, const Request& request, Buffer& body) = nullptr;
  Opened (*open)(Api& api, Request request) = nullptr;  ///< for RequestBody::stream
};

/// The whole table.
[[nodiscard]] std::span<const Route> routes();

struct Match {
  const Route* route = nullptr;       ///< null: no route with that method
  std::vector<std::string> captures;  ///< decoded, in order
  std::string allowed;                ///< methods of this path, for the Allow header; empty: no
                                      ///< such path
};

/// Finds the route of a request. `path` is as sent; HEAD matches GET.
[[nodiscard]] Match match(std::span<const Route> table, std::string_view method,
                          std::string_view path);

}  // namespace imgmill::server
