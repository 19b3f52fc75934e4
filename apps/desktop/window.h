// The only window: shows the page while the engine runs, and a message when it does not.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine.h"
#include "page.h"
#include "words.h"

namespace imgmill::desktop {

struct WindowOptions {
  std::string engine;                          ///< the program
  std::optional<std::string> without_sandbox;  ///< why WebKit has no sandbox
};

/// Use it from the main loop's thread only.
class Window {
 public:
  Window(GtkApplication* application, WindowOptions options);
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  ~Window();

  void present();
  /// Opens local folders and files: one job per folder, one for the files of a folder.
  void open(std::vector<std::string> paths);
  void open_folder();
  void show_about();
  /// Ends the engine and then the application.
  void close();

 private:
  void build();
  [[nodiscard]] GtkWidget* starting_view();
  [[nodiscard]] GtkWidget* trouble_view();
  void start();
  void start_again();
  void show_page();
  void show_trouble(const char* Words::*what, const std::string& why);
  void take(const PageMessage& message, const Answer& answer);
  void hand_over();

  GtkApplication* const application_;
  const WindowOptions options_;
  GtkWindow* window_ = nullptr;  ///< owned by the application
  GtkStack* stack_ = nullptr;
  GtkLabel* trouble_title_ = nullptr;
  GtkLabel* trouble_text_ = nullptr;
  std::unique_ptr<Page> page_;
  std::shared_ptr<Engine> engine_;  ///< null: it has ended
  std::optional<Address> address_;
  bool page_ready_ = false;
  bool closing_ = false;
  bool wanted_again_ = false;         ///< the application was started again while it was closing
  std::vector<std::string> given_;    ///< paths that wait for page and engine
  std::optional<std::string> place_;  ///< for the next download
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< for callbacks that arrive late
};

}  // namespace imgmill::desktop
