// The system's file dialogs: GTK's portal or its own dialog, in the language of the system.
#pragma once

#include <gtk/gtk.h>

#include <functional>
#include <optional>
#include <string>

namespace imgmill::desktop {

/// Calls `chosen` once: with an absolute path, or nullopt if the user cancelled. `start` may be
/// empty.
void choose_folder(GtkWindow* parent, const std::string& title, const std::string& start,
                   std::function<void(std::optional<std::string>)> chosen);

/// Asks for the path of a new file. The dialog itself confirms replacing an existing one.
void choose_place(GtkWindow* parent, const std::string& name,
                  std::function<void(std::optional<std::string>)> chosen);

}  // namespace imgmill::desktop
