// Handles downloads from the page: the ZIP, one image, reports.
#pragma once

#include <webkit/webkit.h>

#include <functional>
#include <optional>
#include <string>

namespace imgmill::desktop {

struct DownloadListener {
  std::function<void(const std::string& path)> saved;
  std::function<void(const std::string& reason)> failed;
};

/// Handles one download: saves it to `place`, or asks for a path in a dialog above `parent`.
/// `place` must come from a dialog that has already confirmed replacing an existing file.
void take_download(GtkWindow* parent, WebKitDownload* download, std::optional<std::string> place,
                   DownloadListener listener);

}  // namespace imgmill::desktop
