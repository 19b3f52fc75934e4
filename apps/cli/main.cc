// The imgmill command: parses the command line, calls the command, prints errors.
#include <cstdio>
#include <exception>
#include <new>
#include <system_error>

#include "commands/commands.h"
#include "options/app.h"
#include "platform/cpu.h"
#include "platform/file.h"
#include "platform/memory.h"
#include "terminal/signals.h"

namespace imgmill::cli {
namespace {

template <typename... Case>
struct Cases : Case... {
  using Case::operator()...;
};

Status run(const std::vector<std::string>& words) {
  prefer_errors_to_signals();
  Screen screen;
  CommandLine line;
  const auto request = line.parse(words);
  if (!request) return report_error(screen, request.error().command, request.error().error);
  return std::visit(
      Cases{
          [&](const PrintText& print) {
            return screen.data(print.text) ? Status::well : Status::some_failed;
          },
          [&](const NothingAsked& nothing) {
            screen.line(nothing.help);
            return Status::usage;
          },
          [&](const OptimizeOptions& options) { return optimize_command(options, screen); },
          [&](const BatchFileOptions& options) { return batch_command(options, screen); },
          [&](const InspectOptions& options) { return inspect_command(options, screen); },
          [&](const CompareCommandOptions& options) { return compare_command(options, screen); },
          [&](const PlaceholderCommandOptions& options) {
            return placeholder_command(options, screen);
          },
          [&](const CacheCommandOptions& options) { return cache_command(options, screen); },
          [&](const RestoreOptions& options) { return restore_command(options, screen); },
          [&](const RestoreJpegOptions& options) { return restore_jpeg_command(options, screen); },
          [&](const ServeOptions& options) { return serve_command(options, screen); },
          [&](const WatchCommandOptions& options) { return watch_command(options, screen); },
          [&](const SetCommandOptions& options) { return set_command(options, screen); },
          [&](const ConfigCommandOptions& options) { return config_command(options, screen); },
          [&](const DoctorOptions& options) { return doctor_command(options, screen); },
      },
      *request);
}

/// Reports lack of memory without allocating any.
void say_too_little(const char* of_what) {
  std::fprintf(stderr,
               "imgmill: there is too little %s for the program itself, whatever the images\n"
               "  give it more (ulimit -v, ulimit -u, or the limits of its container)\n",
               of_what);
}

}  // namespace
}  // namespace imgmill::cli

int main(int argc, char** argv) {
  imgmill::keep_freed_memory(imgmill::core_budget().cores);
  imgmill::raise_open_file_limit();
  try {
    return static_cast<int>(imgmill::cli::run({argv + (argc > 0 ? 1 : 0), argv + argc}));
  } catch (const std::bad_alloc&) {
    imgmill::cli::say_too_little("memory");
  } catch (const std::system_error& error) {
    // No thread can be started: each needs memory for its stack, and counts as a process.
    if (error.code() == std::errc::resource_unavailable_try_again ||
        error.code() == std::errc::not_enough_memory) {
      imgmill::cli::say_too_little("memory, or too few processes are allowed,");
    } else {
      std::fprintf(stderr, "imgmill: %s\n", error.what());
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "imgmill: %s\n", error.what());
  }
  return static_cast<int>(imgmill::cli::Status::some_failed);
}
