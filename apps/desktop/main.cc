// imgmill-desktop: the web app of imgmill in a window of its own. There is one window per user;
// starting the program again passes its arguments to that window.
#include <glib-unix.h>
#include <gtk/gtk.h>
#include <signal.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "window.h"

namespace imgmill::desktop {
namespace {

struct Running {
  GtkApplication* application = nullptr;
  std::string engine;  ///< the program given on the command line
  std::unique_ptr<Window> window;
};

/// Created on first use.
Window& window_of(Running& running) {
  if (!running.window) {
    const auto without = prepare_sandbox();
    if (without) {
      std::fprintf(stderr, "imgmill-desktop: WebKit runs without its sandbox here: %s\n",
                   without->c_str());
    }
    running.window = std::make_unique<Window>(
        running.application, WindowOptions{Engine::find_program(running.engine), without});
  }
  return *running.window;
}

void on_activate(GApplication*, gpointer data) {
  window_of(*static_cast<Running*>(data)).present();
}

void on_open(GApplication*, gpointer files, int count, const char*, gpointer data) {
  Window& window = window_of(*static_cast<Running*>(data));
  std::vector<std::string> paths;
  for (int i = 0; i < count; ++i) {
    const Owned<char> path(g_file_get_path(static_cast<GFile**>(files)[i]));
    if (path) paths.emplace_back(path.get());
  }
  window.open(std::move(paths));
  window.present();
}

int on_options(GApplication*, GVariantDict* options, gpointer data) {
  const char* engine = nullptr;
  if (g_variant_dict_lookup(options, "engine", "^&ay", &engine) != FALSE) {
    static_cast<Running*>(data)->engine = engine;
  }
  if (g_variant_dict_contains(options, "version") != FALSE) {
    std::printf("imgmill-desktop %s\n", IMGMILL_VERSION);
    return 0;
  }
  return -1;
}

void add_options(GApplication* application) {
  const GOptionEntry entries[] = {
      {"engine", 0, 0, G_OPTION_ARG_FILENAME, nullptr,
       "The program to start as the engine. Default: imgmill beside this one, or in $PATH.",
       "PROGRAM"},
      {"version", 0, 0, G_OPTION_ARG_NONE, nullptr, "Print the version.", nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  g_application_add_main_option_entries(application, entries);
  g_application_set_option_context_parameter_string(application, "[FOLDER|FILE...]");
  g_application_set_option_context_summary(
      application,
      "The web app of imgmill in a window of its own. Folders that are named become jobs, and so "
      "do the files of a folder. There is one window: another start hands over what was named.");
}

void add_actions(Running& running) {
  using Act = void (*)(GSimpleAction*, GVariant*, gpointer);
  struct Row {
    const char* name;
    Act act;
    const char* keys;
  };
  const Row rows[] = {
      {"present",
       [](GSimpleAction*, GVariant*, gpointer data) {
         window_of(*static_cast<Running*>(data)).present();
       },
       nullptr},
      {"open-folder",
       [](GSimpleAction*, GVariant*, gpointer data) {
         window_of(*static_cast<Running*>(data)).open_folder();
       },
       "<Control>o"},
      {"about",
       [](GSimpleAction*, GVariant*, gpointer data) {
         window_of(*static_cast<Running*>(data)).show_about();
       },
       nullptr},
      {"quit",
       [](GSimpleAction*, GVariant*, gpointer data) {
         window_of(*static_cast<Running*>(data)).close();
       },
       "<Control>q"},
  };
  for (const Row& row : rows) {
    const Owned<GSimpleAction> action(g_simple_action_new(row.name, nullptr));
    g_signal_connect(action.get(), "activate", G_CALLBACK(row.act), &running);
    g_action_map_add_action(G_ACTION_MAP(running.application), G_ACTION(action.get()));
    if (row.keys == nullptr) continue;
    const std::string name = std::string("app.") + row.name;
    const char* const keys[] = {row.keys, nullptr};
    gtk_application_set_accels_for_action(running.application, name.c_str(), keys);
  }
}

gboolean on_signal(gpointer data) {
  auto& running = *static_cast<Running*>(data);
  if (running.window)
    running.window->close();
  else
    g_application_quit(G_APPLICATION(running.application));
  return G_SOURCE_CONTINUE;
}

int run(int count, char** words) {
  // If the engine has ended, a write fails; it must not end this process.
  ::signal(SIGPIPE, SIG_IGN);
  const Owned<GtkApplication> application(
      gtk_application_new(IMGMILL_DESKTOP_ID, G_APPLICATION_HANDLES_OPEN));
  Running running{application.get(), {}, {}};
  GApplication* const self = G_APPLICATION(application.get());
  add_options(self);
  add_actions(running);
  g_signal_connect(self, "handle-local-options", G_CALLBACK(on_options), &running);
  g_signal_connect(self, "activate", G_CALLBACK(on_activate), &running);
  g_signal_connect(self, "open", G_CALLBACK(on_open), &running);
  g_unix_signal_add(SIGTERM, on_signal, &running);
  g_unix_signal_add(SIGINT, on_signal, &running);
  const int status = g_application_run(self, count, words);
  running.window.reset();
  return status;
}

}  // namespace
}  // namespace imgmill::desktop

int main(int count, char** words) { return imgmill::desktop::run(count, words); }
