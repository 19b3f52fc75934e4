#include "server/http/framing.h"

#include "base/words.h"
#include "server/http/api_error.h"

namespace imgmill::server {
namespace {

// Far above every limit, and small enough that sums cannot overflow.
constexpr std::uint64_t longest_length = std::uint64_t{1} << 58;

std::optional<Response> measure_chunked(Request& request, std::string_view version) {
  if (request.count_headers("Transfer-Encoding") > 1 ||
      !same_word(*request.header("Transfer-Encoding"), "chunked")) {
    return api_error(ApiError::bad_request,
                     "the body comes in a coding that this server does not take",
                     "send Transfer-Encoding: chunked alone, or Content-Length");
  }
  if (request.count_headers("Content-Length") > 0) {
    return api_error(ApiError::bad_request, "two headers say how long the body is",
                     "send Content-Length or Transfer-Encoding, not both");
  }
  if (version != "HTTP/1.1") {
    return api_error(ApiError::bad_request, "chunks came with HTTP/1.1",
                     "speak HTTP/1.1, or send Content-Length");
  }
  request.chunked = true;
  return std::nullopt;
}

}  // namespace

std::optional<Response> measure(Request& request, std::string_view version) {
  if (request.header("Transfer-Encoding") != nullptr) return measure_chunked(request, version);
  if (request.count_headers("Content-Length") > 1) {
    return api_error(ApiError::bad_request, "two headers say how long the body is", "send one");
  }
  const std::string* const length = request.header("Content-Length");
  if (length == nullptr) return std::nullopt;
  std::uint64_t bytes = 0;
  for (const char c : *length) {
    if (c < '0' || c > '9' || bytes > longest_length) {
      return api_error(ApiError::bad_request, "Content-Length is not a number of bytes",
                       "send a whole number");
    }
    bytes = bytes * 10 + static_cast<std::uint64_t>(c - '0');
  }
  request.body_bytes = bytes;
  return std::nullopt;
}

}  // namespace imgmill::server
