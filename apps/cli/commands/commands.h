// The commands. Each runs as its options say and returns the exit status.
#pragma once

#include "commands/run.h"
#include "options/options.h"
#include "terminal/screen.h"

namespace imgmill::cli {

[[nodiscard]] Status optimize_command(const OptimizeOptions& options, Screen& screen);
/// `optimize` with "-" as its only input.
[[nodiscard]] Status optimize_standard_input(OptimizeOptions options, Screen& screen);
[[nodiscard]] Status batch_command(const BatchFileOptions& options, Screen& screen);
[[nodiscard]] Status inspect_command(const InspectOptions& options, Screen& screen);
[[nodiscard]] Status compare_command(const CompareCommandOptions& options, Screen& screen);
[[nodiscard]] Status placeholder_command(const PlaceholderCommandOptions& options, Screen& screen);
[[nodiscard]] Status cache_command(const CacheCommandOptions& options, Screen& screen);
[[nodiscard]] Status restore_command(const RestoreOptions& options, Screen& screen);
[[nodiscard]] Status restore_jpeg_command(const RestoreJpegOptions& options, Screen& screen);
/// Serves until interrupted.
[[nodiscard]] Status serve_command(const ServeOptions& options, Screen& screen);
[[nodiscard]] Status set_command(const SetCommandOptions& options, Screen& screen);
/// Watches until it is interrupted.
[[nodiscard]] Status watch_command(const WatchCommandOptions& options, Screen& screen);
[[nodiscard]] Status config_command(const ConfigCommandOptions& options, Screen& screen);
[[nodiscard]] Status doctor_command(const DoctorOptions& options, Screen& screen);

}  // namespace imgmill::cli
