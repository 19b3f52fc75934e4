// Command line: placeholders.
#include "options/app.h"
#include "options/define.h"

namespace imgmill::cli {

void CommandLine::define_placeholder() {
  CLI::App& app = *app_.add_subcommand(
      "placeholder",
      "Make what a page shows while its images load: hashes, colours, a tiny picture.");
  add_words(app, "FILE", placeholder_.files, "Images; - is standard input.");
  app.add_flag("--json", placeholder_.json, "One JSON object a line.")->group("Telling");
  add_value(app, "--sandbox", "require|auto|off", placeholder_.sandbox,
            one_of<SandboxMode>(sandbox_modes),
            "Sandbox of the process that decodes: require all layers, use those that this machine "
            "offers (see imgmill doctor), or use none. Default auto.")
      ->group("How it runs");
  add_limits(app, placeholder_.limits);
}

Result<Request> CommandLine::finish_placeholder() {
  if (placeholder_.files.empty()) {
    return fail(ErrorCode::usage, "no FILE was given", "write: imgmill placeholder photo.jpg");
  }
  Limits& limits = placeholder_.limits;
  if (limits.max_pixels > Limits{}.max_pixels) {
    limits.max_decoded_bytes = std::max(limits.max_decoded_bytes, limits.max_pixels * 4);
  }
  return placeholder_;
}

}  // namespace imgmill::cli
