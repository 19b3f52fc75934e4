#include "dialogs.h"

#include <memory>

#include "owned.h"

// GtkFileDialog replaces them from GTK 4.10 on.
namespace imgmill::desktop {
namespace {

using Chosen = std::function<void(std::optional<std::string>)>;

/// Lives until the user has answered.
struct Asking {
  Owned<GtkFileChooserNative> dialog;
  Chosen chosen;
};

void ask(Owned<GtkFileChooserNative> dialog, Chosen chosen) {
  auto* const asking = new Asking{std::move(dialog), std::move(chosen)};
  gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(asking->dialog.get()), TRUE);
  g_signal_connect(asking->dialog.get(), "response",
                   G_CALLBACK(+[](GtkNativeDialog* native, int response, gpointer data) {
                     const std::unique_ptr<Asking> answered(static_cast<Asking*>(data));
                     std::optional<std::string> path;
                     if (response == GTK_RESPONSE_ACCEPT) {
                       const Owned<GFile> file(gtk_file_chooser_get_file(GTK_FILE_CHOOSER(native)));
                       // Only local files have a path.
                       const Owned<char> local(file ? g_file_get_path(file.get()) : nullptr);
                       if (local) path = local.get();
                     }
                     answered->chosen(std::move(path));
                   }),
                   asking);
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(asking->dialog.get()));
}

Owned<GtkFileChooserNative> dialog_for(GtkWindow* parent, const char* title,
                                       GtkFileChooserAction action) {
  // Without labels of our own, GTK provides translated buttons.
  return Owned<GtkFileChooserNative>(
      gtk_file_chooser_native_new(title, parent, action, nullptr, nullptr));
}

}  // namespace

void choose_folder(GtkWindow* parent, const std::string& title, const std::string& start,
                   Chosen chosen) {
  auto dialog = dialog_for(parent, title.c_str(), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
  if (!start.empty()) {
    const Owned<GFile> folder(g_file_new_for_path(start.c_str()));
    gtk_file_chooser_set_current_folder(GTK_FILE_CHOOSER(dialog.get()), folder.get(), nullptr);
  }
  ask(std::move(dialog), std::move(chosen));
}

void choose_place(GtkWindow* parent, const std::string& name, Chosen chosen) {
  auto dialog = dialog_for(parent, nullptr, GTK_FILE_CHOOSER_ACTION_SAVE);
  gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(dialog.get()), name.c_str());
  const char* const downloads = g_get_user_special_dir(G_USER_DIRECTORY_DOWNLOAD);
  const Owned<GFile> folder(g_file_new_for_path(downloads ? downloads : g_get_home_dir()));
  gtk_file_chooser_set_current_folder(GTK_FILE_CHOOSER(dialog.get()), folder.get(), nullptr);
  ask(std::move(dialog), std::move(chosen));
}

}  // namespace imgmill::desktop
