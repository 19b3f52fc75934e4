// Command line: restoring JPEGs from JPEG XL.
#include "options/app.h"
#include "options/define.h"

namespace imgmill::cli {

void CommandLine::define_restore_jpeg() {
  CLI::App& app = *app_.add_subcommand(
      "restore-jpeg", "Give the JPEG back, bit for bit, that was packed as JPEG XL without loss.");
  add_words(app, "FILE", restore_jpeg_.files, "JPEG XL files; - is standard input.");
  const std::string group = "Where results go";
  add_value(app, "-o,--output", "DIR|FILE", restore_jpeg_.output, any_text,
            "Folder for the JPEGs, made when missing; or, with one input, a file. - is standard "
            "output. Default: beside each input.")
      ->group(group);
  app.add_flag("--overwrite", restore_jpeg_.overwrite,
               "Replace files that are there already. Without it such an input fails.")
      ->group(group);
  add_value(app, "--sandbox", "require|auto|off", restore_jpeg_.sandbox,
            one_of<SandboxMode>(sandbox_modes),
            "What the process that reads gives up first: every layer or nothing is done, all "
            "that this machine offers (see imgmill doctor), or nothing. Default auto.")
      ->group("How it runs");
  add_limits(app, restore_jpeg_.limits);
}

Result<Request> CommandLine::finish_restore_jpeg() {
  const RestoreJpegOptions& options = restore_jpeg_;
  if (options.files.empty()) {
    return fail(ErrorCode::usage, "no FILE was given", "write: imgmill restore-jpeg photo.jxl");
  }
  const bool standard_input =
      std::ranges::find(options.files, std::string("-")) != options.files.end();
  if ((standard_input || options.output == "-") && options.files.size() > 1) {
    return fail(ErrorCode::usage, "standard input and output (-) are for one file alone",
                "restore the files in commands of their own");
  }
  if (standard_input && options.output.empty()) {
    return fail(ErrorCode::usage, "standard input has no name for the result",
                "say where it goes with -o FILE, or -o - for standard output");
  }
  return options;
}

}  // namespace imgmill::cli
