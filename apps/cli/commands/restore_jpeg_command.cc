#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "commands/commands.h"
#include "commands/confined_restore.h"
#include "commands/inputs.h"
#include "platform/atomic_file.h"

namespace imgmill::cli {
namespace {

namespace fs = std::filesystem;

/// Returns the output path for the JPEG in `input`; empty: standard output.
fs::path target_of(const RestoreJpegOptions& options, const std::string& input) {
  const fs::path name = name_for(fs::path(input).filename().native(), Format::jpeg);
  if (options.output.empty()) return fs::path(input).parent_path() / name;
  if (options.output == "-") return {};
  std::error_code ignored;
  const fs::path output = options.output;
  const bool folder = options.files.size() > 1 || options.output.ends_with('/') ||
                      fs::is_directory(output, ignored);
  return folder ? output / name : output;
}

Result<void> write(const fs::path& target, ByteView jpeg, bool overwrite) {
  if (target.has_parent_path()) {
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    if (error) {
      return fail(ErrorCode::environment,
                  fmt::format("the folder {} cannot be made ({})", printable(target.parent_path()),
                              error.message()),
                  "choose another place with -o");
    }
  }
  IMGMILL_TRY(AtomicFile file, AtomicFile::create(target));
  IMGMILL_CHECK(file.write(jpeg));
  file.default_permissions();
  IMGMILL_CHECK(file.sync());
  IMGMILL_TRY(const Committed committed, file.commit(overwrite ? Replace::yes : Replace::never));
  if (committed == Committed::name_is_taken) {
    return fail(ErrorCode::environment, fmt::format("{} is there already", printable(target)),
                "name another place with -o, or replace it with --overwrite");
  }
  return {};
}

/// The output must not replace the packed file under any name, and must have a JPEG's extension.
Result<void> check_target(const std::string& input, const fs::path& target) {
  std::error_code error;
  if (input != "-" && fs::equivalent(input, target, error)) {
    return fail(ErrorCode::usage, fmt::format("{} would be written over itself", printable(input)),
                "name another place with -o");
  }
  const std::optional<Format> named = format_of_name(target.filename().native());
  if (named && named != Format::jpeg) {
    return fail(ErrorCode::usage,
                fmt::format("a JPEG comes out, but {} is named after {}", printable(target),
                            upper_name(*named)),
                "give it a name that ends with .jpg");
  }
  return {};
}

Result<std::string> restore_one(const RestoreJpegOptions& options, const std::string& input,
                                Screen& screen, std::string& missing_layers) {
  IMGMILL_TRY(const Buffer jxl, read_everything(input, options.limits.max_input_bytes));
  IMGMILL_TRY(ConfinedRestoring result,
              restore_confined(jxl.view(), options.limits, options.sandbox));
  missing_layers = std::move(result.missing_layers);
  const fs::path target = target_of(options, input);
  if (target.empty()) {
    if (!screen.data(as_text(result.jpeg.view()))) {
      return fail(ErrorCode::environment, "standard output cannot be written");
    }
    return std::string();
  }
  IMGMILL_CHECK(check_target(input, target));
  IMGMILL_CHECK(write(target, result.jpeg.view(), options.overwrite));
  return fmt::format("{}: {} ({} as JPEG XL)", printable(target), human_size(result.jpeg.size()),
                     human_size(jxl.size()));
}

}  // namespace

Status restore_jpeg_command(const RestoreJpegOptions& options, Screen& screen) {
  std::uint64_t failed = 0;
  std::set<fs::path> written;
  bool warned = false;
  for (const std::string& input : options.files) {
    std::string missing;
    // Two inputs may have the same name; with --overwrite the second would replace the first.
    const fs::path target = target_of(options, input);
    const bool collides = written.contains(target.lexically_normal());
    const Result<std::string> done =
        collides ? Result<std::string>(
                       fail(ErrorCode::usage,
                            fmt::format("{} was written from another input", printable(target)),
                            "restore files of the same name one at a time"))
                 : restore_one(options, input, screen, missing);
    if (!done) {
      ++failed;
      screen.trouble("failed:",
                     fmt::format(" {}: {}", printable(input), printable(done.error().describe())));
    } else if (!target.empty()) {
      written.insert(target.lexically_normal());
      screen.line(*done);
    }
    if (!missing.empty() && options.sandbox == SandboxMode::automatic && !warned) {
      warned = true;
      screen.trouble("warning:", " the sandbox was not complete: " + printable(missing) +
                                     "; imgmill doctor tells more, --sandbox require insists on "
                                     "all");
    }
  }
  return failed > 0 ? Status::some_failed : Status::well;
}

}  // namespace imgmill::cli
