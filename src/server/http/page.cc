#include "server/http/page.h"

#include <algorithm>

#include "base/words.h"
#include "server/http/api_error.h"

namespace imgmill::server {
namespace {

/// True if the name changes with the contents, as in "app-1a2B_c3d.js": Vite appends a hyphen and
/// eight letters of a hash.
bool named_by_content(std::string_view path) {
  constexpr std::size_t letters = 8;
  const std::string_view stem = path.substr(0, path.rfind('.'));
  if (!path.starts_with("assets/") || stem.size() <= letters) return false;
  return stem[stem.size() - letters - 1] == '-' &&
         stem.substr(stem.size() - letters).find('/') == std::string_view::npos;
}

}  // namespace

bool accepts(const Request& request, std::string_view coding) {
  const std::string* const header = request.header("Accept-Encoding");
  if (header == nullptr) return false;
  std::string_view rest = *header;
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    if (!same_word(trimmed(item.substr(0, item.find(';'))), coding)) continue;
    const std::size_t weight = item.find("q=");
    // "q=0" and "q=0.000" mean "not acceptable".
    return weight == std::string_view::npos ||
           item.substr(weight + 2).find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

Response page_response(std::span<const PageFile> files, const Request& request,
                       std::string_view path) {
  if (path.empty()) path = "index.html";
  const auto found = std::ranges::find(files, path, &PageFile::path);
  if (found == files.end()) {
    return api_error(ApiError::not_found, "there is no such file of the page", "open / instead");
  }
  Response response;
  response.with("Content-Type", std::string(found->mime_type));
  response.with("ETag", std::string(found->etag));
  response.with("Vary", "Accept-Encoding");
  response.with("Cache-Control",
                named_by_content(path) ? "public, max-age=31536000, immutable" : "no-cache");
  response.with("Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
                "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'none'; "
                "frame-ancestors 'none'; base-uri 'none'");
  const std::string* const known = request.header("If-None-Match");
  if (known != nullptr && known->find(found->etag) != std::string::npos) {
    response.status = 304;
    return response;
  }
  std::string_view bytes = found->bytes;
  if (!found->brotli.empty() && accepts(request, "br")) {
    response.with("Content-Encoding", "br");
    bytes = found->brotli;
  } else if (!found->gzip.empty() && accepts(request, "gzip")) {
    response.with("Content-Encoding", "gzip");
    bytes = found->gzip;
  }
  response.body = StaticBody{bytes};
  return response;
}

}  // namespace imgmill::server
