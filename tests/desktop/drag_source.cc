// A window from which files can be dragged, like a file manager: imgmill_drag_source FILE...
#include <gtk/gtk.h>

#include <vector>

namespace {

GdkContentProvider* files_to_drag(GtkDragSource*, double, double, gpointer data) {
  const auto& paths = *static_cast<std::vector<const char*>*>(data);
  GSList* files = nullptr;
  for (const char* const path : paths) files = g_slist_append(files, g_file_new_for_path(path));
  GdkFileList* const list = gdk_file_list_new_from_list(files);
  g_slist_free_full(files, g_object_unref);
  GdkContentProvider* const provider = gdk_content_provider_new_typed(GDK_TYPE_FILE_LIST, list);
  g_boxed_free(GDK_TYPE_FILE_LIST, list);
  return provider;
}

}  // namespace

int main(int count, char** words) {
  gtk_init();
  std::vector<const char*> paths(words + 1, words + count);
  GtkWidget* const window = gtk_window_new();
  gtk_window_set_title(GTK_WINDOW(window), "drag source");
  gtk_window_set_default_size(GTK_WINDOW(window), 200, 200);
  gtk_window_set_child(GTK_WINDOW(window), gtk_label_new("files"));
  GtkDragSource* const source = gtk_drag_source_new();
  gtk_drag_source_set_actions(source, GDK_ACTION_COPY);
  g_signal_connect(source, "prepare", G_CALLBACK(files_to_drag), &paths);
  gtk_widget_add_controller(window, GTK_EVENT_CONTROLLER(source));
  gtk_window_present(GTK_WINDOW(window));
  for (;;) g_main_context_iteration(nullptr, TRUE);
}
