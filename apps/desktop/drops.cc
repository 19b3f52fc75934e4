#include "drops.h"

#include <memory>
#include <utility>

#include "owned.h"

namespace imgmill::desktop {
namespace {

struct Drops {
  std::function<void(std::vector<std::string>)> dropped;
  GdkDrop* drop = nullptr;         ///< what hovers; only compared
  std::vector<std::string> paths;  ///< of it, once they are known; none: it is the page's
};

/// Empty when any of them is elsewhere.
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

/// What is read while it hovers. Whoever reads it may outlive the window.
struct Reading {
  std::weak_ptr<Drops> drops;
  GdkDrop* drop;
};

void read(const std::shared_ptr<Drops>& drops, GdkDrop* drop) {
  drops->drop = drop;
  drops->paths.clear();
  gdk_drop_read_value_async(
      drop, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, nullptr,
      [](GObject* source, GAsyncResult* result, gpointer data) {
        const std::unique_ptr<Reading> reading(static_cast<Reading*>(data));
        const GValue* const value = gdk_drop_read_value_finish(GDK_DROP(source), result, nullptr);
        const auto known = reading->drops.lock();
        if (!known || value == nullptr || known->drop != reading->drop) return;
        known->paths = local_paths(value);
      },
      new Reading{drops, drop});
}

using Holder = std::shared_ptr<Drops>;

GdkDragAction entered(GtkDropTargetAsync*, GdkDrop* drop, double, double, gpointer held) {
  read(*static_cast<Holder*>(held), drop);
  return static_cast<GdkDragAction>(0);  // hovering is the page's to show
}

gboolean let_go(GtkDropTargetAsync*, GdkDrop* drop, double, double, gpointer held) {
  Drops& drops = **static_cast<Holder*>(held);
  if (drops.drop != drop || drops.paths.empty()) return FALSE;
  gdk_drop_finish(drop, GDK_ACTION_COPY);
  drops.dropped(std::exchange(drops.paths, {}));
  return TRUE;
}

}  // namespace

void take_drops(GtkWidget* widget, std::function<void(std::vector<std::string>)> dropped) {
  GtkDropTargetAsync* const target = gtk_drop_target_async_new(
      gdk_content_formats_new_for_gtype(GDK_TYPE_FILE_LIST), GDK_ACTION_COPY);
  // Before the web view, which would take everything.
  gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(target), GTK_PHASE_CAPTURE);
  auto* const drops = new Holder(std::make_shared<Drops>());
  (*drops)->dropped = std::move(dropped);
  g_object_set_data_full(G_OBJECT(target), "imgmill-drops", drops,
                         [](gpointer held) { delete static_cast<Holder*>(held); });
  g_signal_connect(target, "drag-enter", G_CALLBACK(entered), drops);
  g_signal_connect(
      target, "drag-motion",
      G_CALLBACK(+[](GtkDropTargetAsync*, GdkDrop*, double, double, gpointer) -> GdkDragAction {
        return static_cast<GdkDragAction>(0);
      }),
      drops);
  g_signal_connect(target, "drop", G_CALLBACK(let_go), drops);
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(target));
}

}  // namespace imgmill::desktop
