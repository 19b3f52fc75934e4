// What the server answers to: one table, from which dispatching, refusals and the test
// against the API's description come.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http.h"

namespace imgmill::server {

struct Api;

enum class Access {
  token,  ///< who knows the token
  open,   ///< anybody on this machine: what holds no secrets
};
enum class RequestBody {
  nothing,  ///< a body is not read
  json,     ///< a small JSON object, or nothing
  image,    ///< the bytes of an image, or of a form with two
  stream,   ///< as `open` sees to it
};
enum class Where {
  here,    ///< on the server's own thread: a few reads of memory
  files,   ///< where waiting for disks is done
  images,  ///< where waiting for workers is done
};

struct Route {
  std::string_view method;
  /// "/api/jobs/{id}/images/{index}"; what stands in braces is any one part.
  std::string_view pattern;
  Access access;
  RequestBody takes;
  Where where;
  Response (*answer)(Api& api, const Request& request, Buffer& body) = nullptr;
  Opened (*open)(Api& api, Request request) = nullptr;  ///< with RequestBody::stream
};

/// All of them.
[[nodiscard]] std::span<const Route> routes();

struct Match {
  const Route* route = nullptr;       ///< none: nothing of that method
  std::vector<std::string> captures;  ///< decoded, in order
  std::string allowed;                ///< methods of this path, for Allow; empty: no such path
};

/// `path` as sent. HEAD is answered as GET.
[[nodiscard]] Match match(std::span<const Route> table, std::string_view method,
                          std::string_view path);

}  // namespace imgmill::server
