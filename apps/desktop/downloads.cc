#include "downloads.h"

#include "dialogs.h"
#include "owned.h"

namespace imgmill::desktop {
namespace {

struct Taking {
  GtkWindow* parent;
  std::optional<std::string> place;
  DownloadListener listener;
  bool failed = false;
};

void put(WebKitDownload* download, const std::string& path) {
  webkit_download_set_allow_overwrite(download, TRUE);
  webkit_download_set_destination(download, path.c_str());
}

gboolean decide(WebKitDownload* download, const char* suggested, gpointer data) {
  auto* const taking = static_cast<Taking*>(data);
  if (taking->place) {
    put(download, *taking->place);
    return TRUE;
  }
  const Owned<char> name(g_path_get_basename(suggested == nullptr ? "imgmill" : suggested));
  choose_place(taking->parent, name.get(),
               [kept = std::shared_ptr<WebKitDownload>(shared(download))](
                   const std::optional<std::string>& path) {
                 if (path)
                   put(kept.get(), *path);
                 else
                   webkit_download_cancel(kept.get());
               });
  return TRUE;
}

void failed(WebKitDownload*, GError* error, gpointer data) {
  auto* const taking = static_cast<Taking*>(data);
  taking->failed = true;
  if (g_error_matches(error, WEBKIT_DOWNLOAD_ERROR, WEBKIT_DOWNLOAD_ERROR_CANCELLED_BY_USER))
    return;
  taking->listener.failed(error->message);
}

void finished(WebKitDownload* download, gpointer data) {
  auto* const taking = static_cast<Taking*>(data);
  const char* const path = webkit_download_get_destination(download);
  if (!taking->failed && path != nullptr) taking->listener.saved(path);
}

}  // namespace

void take_download(GtkWindow* parent, WebKitDownload* download, std::optional<std::string> place,
                   DownloadListener listener) {
  auto* const taking = new Taking{parent, std::move(place), std::move(listener)};
  g_signal_connect_data(
      download, "decide-destination", G_CALLBACK(decide), taking,
      [](gpointer data, GClosure*) { delete static_cast<Taking*>(data); },
      static_cast<GConnectFlags>(0));
  g_signal_connect(download, "failed", G_CALLBACK(failed), taking);
  g_signal_connect(download, "finished", G_CALLBACK(finished), taking);
}

}  // namespace imgmill::desktop
