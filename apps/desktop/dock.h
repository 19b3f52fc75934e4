// Progress on the window's icon in the dock, and a notification when the work is done.
#pragma once

#include <gtk/gtk.h>

#include <optional>
#include <string>

namespace imgmill::desktop {

/// Sends the signal com.canonical.Unity.LauncherEntry.Update, which GNOME's Dash to Dock, Ubuntu's
/// dock, KDE's task bar and Plank listen to. Does nothing without a session bus.
void show_progress(GtkApplication* application, std::optional<double> part);

/// Shows a notification that brings the window to the front.
void notify_ended(GtkApplication* application, const std::string& title, const std::string& body);

}  // namespace imgmill::desktop
