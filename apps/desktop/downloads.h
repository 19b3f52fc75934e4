// What the page gives to be kept: the ZIP, one image, reports.
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

/// Sees to one download: it goes to `place`, or to where the person says in a dialog above
/// `parent`. Whoever chose the place has been asked about a file that is there already.
void take_download(GtkWindow* parent, WebKitDownload* download, std::optional<std::string> place,
                   DownloadListener listener);

}  // namespace imgmill::desktop
