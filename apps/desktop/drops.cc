#include "drops.h"

#include <memory>
#include <utility>

#include "owned.h"

namespace imgmill::desktop {
namespace {

struct Drops {
  std::function<void(std::vector<std::string>)> dropped;
  GdkDrop* drop = nullptr;         ///< the drop that hovers; used for comparison only
  bool known = false;              ///< `paths` has been read
  bool let_go = false;             ///< dropped before the paths were read
  std::vector<std::string> paths;  ///< empty: the drop is for the page
};

/// Returns empty if any of them is not local.
std::vector<std::string> local_paths(const GValue* value) {
  std::vector<std::string> paths;
  const auto* const files = static_cast<GSList*>(g_value_get_boxed(value));
  for (const GSList* at = files; at != nullptr; at = at->next) {
    const Owned<char> path(g_file_get_path(G_FILE(at->data)));
    if (!path) return {};
    paths.emplace_back(path.get());
  }
  return paths;
}

/// A read in progress while the drop hovers. It may outlive the window.
struct Reading {
  std::weak_ptr<Drops> drops;
  GdkDrop* drop;
};

void take(Drops& drops, GdkDrop* drop) {
  gdk_drop_finish(drop, drops.paths.empty() ? static_cast<GdkDragAction>(0) : GDK_ACTION_COPY);
  if (!drops.paths.empty()) drops.dropped(std::exchange(drops.paths, {}));
}

void read(const std::shared_ptr<Drops>& drops, GdkDrop* drop) {
  drops->drop = drop;
  drops->known = drops->let_go = false;
  drops->paths.clear();
  gdk_drop_read_value_async(
      drop, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, nullptr,
      [](GObject* source, GAsyncResult* result, gpointer data) {
        const std::unique_ptr<Reading> reading(static_cast<Reading*>(data));
        const GValue* const value = gdk_drop_read_value_finish(GDK_DROP(source), result, nullptr);
        const auto hovering = reading->drops.lock();
        if (!hovering || hovering->drop != reading->drop) return;
        hovering->known = true;
        if (value != nullptr) hovering->paths = local_paths(value);
        if (hovering->let_go) take(*hovering, reading->drop);
      },
      new Reading{drops, drop});
}

using Holder = std::shared_ptr<Drops>;
constexpr auto no_action = static_cast<GdkDragAction>(0);  // the page shows the hovering

GdkDragAction entered(GtkDropTargetAsync*, GdkDrop* drop, double, double, gpointer held) {
  read(*static_cast<Holder*>(held), drop);
  return no_action;
}

GdkDragAction moved(GtkDropTargetAsync*, GdkDrop*, double, double, gpointer) { return no_action; }

gboolean let_go(GtkDropTargetAsync*, GdkDrop* drop, double, double, gpointer held) {
  Drops& drops = **static_cast<Holder*>(held);
  if (drops.drop != drop) return FALSE;
  if (drops.known && drops.paths.empty()) return FALSE;
  // A fast drop: its paths will be known in a moment.
  drops.let_go = !drops.known;
  if (drops.known) take(drops, drop);
  return TRUE;
}

}  // namespace

void take_drops(GtkWidget* widget, std::function<void(std::vector<std::string>)> dropped) {
  GtkDropTargetAsync* const target = gtk_drop_target_async_new(
      gdk_content_formats_new_for_gtype(GDK_TYPE_FILE_LIST), GDK_ACTION_COPY);
  // Capture phase: runs before the web view, which would take everything.
  gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(target), GTK_PHASE_CAPTURE);
  auto* const drops = new Holder(std::make_shared<Drops>());
  (*drops)->dropped = std::move(dropped);
  g_object_set_data_full(G_OBJECT(target), "imgmill-drops", drops,
                         [](gpointer held) { delete static_cast<Holder*>(held); });
  g_signal_connect(target, "drag-enter", G_CALLBACK(entered), drops);
  g_signal_connect(target, "drag-motion", G_CALLBACK(moved), drops);
  g_signal_connect(target, "drop", G_CALLBACK(let_go), drops);
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(target));
}

}  // namespace imgmill::desktop
