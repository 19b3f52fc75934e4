// Streams many files as one ZIP archive.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/file.h"
#include "server/http/http.h"

namespace imgmill::server {

struct ZipEntry {
  std::string name;  ///< valid for check_name()
  OpenFile file;
};

/// Returns the next file, or nothing at the end. Files that cannot be opened are left out.
using ZipEntries = std::function<std::optional<ZipEntry>()>;

/// Returns an archive of those files, stored without compression, since images do not compress
/// further. Uses ZIP64 where sizes or counts need it; names are UTF-8. Holds one open file and a
/// few kilobytes of memory, whatever the size. A file that shrinks while it is sent breaks the
/// archive.
[[nodiscard]] std::unique_ptr<BodySource> zip_of(ZipEntries entries);

}  // namespace imgmill::server
