// Handles files and folders that are dropped on the window.
#pragma once

#include <gtk/gtk.h>

#include <functional>
#include <string>
#include <vector>

namespace imgmill::desktop {

/// Calls `dropped` with the paths dropped on `widget` if all of them are local. Other drops, such
/// as a picture from a browser, and hovering are left to the page below.
void take_drops(GtkWidget* widget, std::function<void(std::vector<std::string>)> dropped);

}  // namespace imgmill::desktop
