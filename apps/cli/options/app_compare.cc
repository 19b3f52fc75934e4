// Command line: comparing images.
#include "options/app.h"
#include "options/define.h"

namespace imgmill::cli {
namespace {

Result<std::optional<double>> parse_score(std::string_view text) {
  IMGMILL_TRY(const std::int64_t score, parse_number(text, -1000, 100));
  return static_cast<double>(score);
}

}  // namespace

void CommandLine::define_compare() {
  CLI::App& app = *app_.add_subcommand(
      "compare", "Tell how much two images look alike (SSIMULACRA 2), and where they do not.");
  add_value(app, "ORIGINAL", "ORIGINAL", compare_original_, any_text,
            "What it should look like; - is standard input.");
  add_value(app, "OTHER", "OTHER", compare_other_, any_text,
            "The copy; of the same size, in any format.");
  add_value(app, "--map", "FILE", compare_.map, any_path,
            "Write a PNG of where the difference is: colours over the original in grey, the worst "
            "place framed. Replaced when it is there already.")
      ->group("Telling");
  app.add_flag("--json", compare_.json, "One JSON object.")->group("Telling");
  add_value(app, "--min", "N", compare_.minimum, parse_score,
            "Exit with status 3 when the score is lower.")
      ->group("Telling");
  add_value(app, "--sandbox", "require|auto|off", compare_.sandbox,
            one_of<SandboxMode>(sandbox_modes),
            "What the process that decodes gives up first: every layer or nothing is done, all "
            "that this machine offers (see imgmill doctor), or nothing. Default auto.")
      ->group("How it runs");
  add_limits(app, compare_.limits);
}

Result<Request> CommandLine::finish_compare() {
  if (compare_original_.empty() || compare_other_.empty()) {
    return fail(ErrorCode::usage,
                compare_original_.empty() ? "no ORIGINAL was given" : "no OTHER was given",
                "write: imgmill compare photo.png photo.jpg");
  }
  if (compare_original_ == "-" && compare_other_ == "-") {
    return fail(ErrorCode::usage, "only one of the two can be standard input",
                "name a file for the other");
  }
  compare_.files = {compare_original_, compare_other_};
  Limits& limits = compare_.limits;
  if (limits.max_pixels > Limits{}.max_pixels) {
    limits.max_decoded_bytes = std::max(limits.max_decoded_bytes, limits.max_pixels * 4);
  }
  return compare_;
}

}  // namespace imgmill::cli
