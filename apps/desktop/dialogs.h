// The system's own dialogs: GTK's portal or its own, in the language of the system.
#pragma once

#include <gtk/gtk.h>

#include <functional>
#include <optional>
#include <string>

namespace imgmill::desktop {

/// `chosen` is called once: with an absolute path, or nothing when the person has thought better
/// of it. `start` may be empty.
void choose_folder(GtkWindow* parent, const std::string& title, const std::string& start,
                   std::function<void(std::optional<std::string>)> chosen);

/// For a new file. The dialog itself asks before one that is there is replaced.
void choose_place(GtkWindow* parent, const std::string& name,
                  std::function<void(std::optional<std::string>)> chosen);

}  // namespace imgmill::desktop
