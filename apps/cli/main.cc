// The command: parse, call, print.
#include <cstdio>
#include <exception>

#include "app.h"
#include "commands.h"
#include "platform/cpu.h"
#include "platform/file.h"
#include "platform/memory.h"
#include "signals.h"

namespace imgmill::cli {
namespace {

template <typename... Case>
struct Cases : Case... {
  using Case::operator()...;
};

Status run(const std::vector<std::string>& words) {
  ignore_broken_pipes();
  Screen screen;
  CommandLine line;
  const auto request = line.parse(words);
  if (!request) return tell(screen, request.error().command, request.error().error);
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
          [&](const CacheCommandOptions& options) { return cache_command(options, screen); },
          [&](const RestoreOptions& options) { return restore_command(options, screen); },
          [&](const RestoreJpegOptions& options) { return restore_jpeg_command(options, screen); },
          [&](const ServeOptions& options) { return serve_command(options, screen); },
          [&](const DoctorOptions& options) { return doctor_command(options, screen); },
      },
      *request);
}

}  // namespace
}  // namespace imgmill::cli

int main(int argc, char** argv) {
  imgmill::keep_freed_memory(imgmill::core_budget().cores);
  imgmill::raise_open_file_limit();
  try {
    return static_cast<int>(imgmill::cli::run({argv + (argc > 0 ? 1 : 0), argv + argc}));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "imgmill: %s\n", error.what());
  }
  return static_cast<int>(imgmill::cli::Status::some_failed);
}
