// Many files as one ZIP archive, made while it is sent.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/file.h"
#include "server/http/http.h"

namespace imgmill::server {

struct ZipEntry {
  std::string name;  ///< as in check_name()
  OpenFile file;
};

/// The next file, or nothing when there are no more. Files that cannot be had are left out.
using ZipEntries = std::function<std::optional<ZipEntry>()>;

/// An archive of those files as they are, not compressed again: images have no air left. ZIP64
/// where sizes or counts need it; names are UTF-8. Holds one open file and a few kilobytes
/// whatever the size. A file that shrinks while it is sent breaks the archive.
[[nodiscard]] std::unique_ptr<BodySource> zip_of(ZipEntries entries);

}  // namespace imgmill::server
