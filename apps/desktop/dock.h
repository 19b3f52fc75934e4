// How far the work is, on the window's icon in the dock, and what the system tells when it is over.
#pragma once

#include <gtk/gtk.h>

#include <optional>
#include <string>

namespace imgmill::desktop {

/// The signal com.canonical.Unity.LauncherEntry.Update, which GNOME's Dash to Dock, Ubuntu's dock,
/// KDE's task bar and Plank listen to. Without a session bus nothing happens.
void show_progress(GtkApplication* application, std::optional<double> part);

/// A notification that brings the window to the front.
void notify_ended(GtkApplication* application, const std::string& title, const std::string& body);

}  // namespace imgmill::desktop
