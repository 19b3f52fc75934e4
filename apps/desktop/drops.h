// Files and folders that are dropped on the window.
#pragma once

#include <gtk/gtk.h>

#include <functional>
#include <string>
#include <vector>

namespace imgmill::desktop {

/// Calls `dropped` with what is dropped on `widget` when all of it lies on this machine. The rest,
/// such as a picture out of a browser, and what hovers, is left to what lies below: the page.
void take_drops(GtkWidget* widget, std::function<void(std::vector<std::string>)> dropped);

}  // namespace imgmill::desktop
