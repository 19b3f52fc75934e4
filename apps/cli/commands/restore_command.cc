#include <fmt/format.h>

#include "base/text.h"
#include "commands/commands.h"
#include "store/backup.h"

namespace imgmill::cli {

Status restore_command(const RestoreOptions& options, Screen& screen) {
  RestoreRequest request{options.backup, std::nullopt, options.overwrite, options.remove};
  if (!options.to.empty()) request.to = options.to;
  std::uint64_t restored = 0;
  std::uint64_t there = 0;
  std::uint64_t failed = 0;
  const auto done = restore(request, [&](const Restored& file) {
    if (file.error) {
      ++failed;
      screen.trouble("failed:", fmt::format(" {}: {}", printable(file.backup),
                                            printable(file.error->describe())));
    } else {
      ++(file.was_there ? there : restored);
    }
  });
  if (!done) return report_error(screen, "restore", done.error());
  std::string text = fmt::format("{} restored", grouped(restored));
  if (there > 0) text += fmt::format(", {} were there already", grouped(there));
  if (failed > 0) text += fmt::format(", {} failed", grouped(failed));
  screen.line(text);
  return failed > 0 ? Status::some_failed : Status::well;
}

}  // namespace imgmill::cli
