// Log output of the engine's libraries.
#pragma once

namespace imgmill {

/// Sends warnings of GLib's libraries to standard error only, for a process that will be sandboxed:
/// GLib's own writer first checks whether that is the system's journal. Call once per process,
/// before start_engine(). Not for a program whose logging is configured by others.
void log_to_standard_error();

}  // namespace imgmill
