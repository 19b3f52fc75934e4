// Where the engine's libraries write what they warn of.
#pragma once

namespace imgmill {

/// For a process that will be in the sandbox: what GLib's libraries warn of goes to standard error,
/// and to nobody else. GLib's own writer asks first whether that is the system's journal. Once a
/// process, before start_engine(); not for a program whose log is somebody else's to arrange.
void log_to_standard_error();

}  // namespace imgmill
