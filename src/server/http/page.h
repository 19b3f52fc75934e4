// The page: files that are part of the program.
#pragma once

#include <span>
#include <string_view>

#include "server/http/http.h"

namespace imgmill::server {

/// A file of the page, as it was when the program was built.
struct PageFile {
  std::string_view path;  ///< "index.html", "assets/app-1a2b.js"
  std::string_view mime_type;
  std::string_view etag;  ///< weak, with its quotes: all codings have one
  std::string_view bytes;
  std::string_view gzip;    ///< empty: not smaller
  std::string_view brotli;  ///< empty: not smaller
};

/// All of them, by path; made by tools/embed_page.cmake.
[[nodiscard]] std::span<const PageFile> page_files();

/// `path` without its first slash; "" is the page itself.
[[nodiscard]] Response page_response(std::span<const PageFile> files, const Request& request,
                                     std::string_view path);

/// Whether `Accept-Encoding` takes `coding` ("br", "gzip") with a weight above 0.
[[nodiscard]] bool accepts(const Request& request, std::string_view coding);

}  // namespace imgmill::server
