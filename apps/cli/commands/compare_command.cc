#include <fmt/format.h>

#include <cmath>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "commands/commands.h"
#include "commands/confined_compare.h"
#include "commands/inputs.h"
#include "commands/json_line.h"
#include "platform/atomic_file.h"
#include "schema/json_comparison.h"

namespace imgmill::cli {
namespace {

/// Two decimals; never "100" for a lower score.
std::string score_text(double score) {
  const double cut = score < 100 ? std::min(score, 99.99) : score;
  return fmt::format("{:.2f}", cut);
}

std::string size_text(const ComparedImage& image) {
  return fmt::format("{} ({})", human_size(image.bytes), info(image.format).name);
}

std::string row(std::string_view name, std::string_view value) {
  return fmt::format("  {:<9}{}\n", name, value);
}

std::string for_people(const CompareCommandOptions& options, const Comparison& result) {
  std::string text =
      fmt::format("{} and {}\n", printable(options.files[0]), printable(options.files[1]));
  if (result.in_context && result.score < 100) {
    text += row("score", score_text(result.score) + ", which says little of a picture so small");
    text += row("mirrored", fmt::format("{}: {}", score_text(*result.in_context), result.verdict));
  } else {
    text += row("score", fmt::format("{}: {}", score_text(result.score), result.verdict));
  }
  const WorstTile& worst = result.worst;
  if (result.score < 100) {
    text += row("worst", fmt::format("{} x {} pixels at {},{}: {}", worst.width, worst.height,
                                     worst.left, worst.top, score_text(worst.score)));
  }
  std::string dimensions = fmt::format("{} x {} pixels", result.width, result.height);
  if (result.frames > 1) {
    dimensions += fmt::format(", {} frames; frame {} is the worst of those looked at",
                              grouped(result.frames), grouped(std::uint64_t{result.frame} + 1));
  }
  text += row("picture", dimensions);
  const double saved = percent_saved(result);
  text += row("files",
              fmt::format("{}, {}: {:.1f}% {}", size_text(result.original), size_text(result.other),
                          std::abs(saved), saved < 0 ? "larger" : "smaller"));
  for (const std::string& note : result.notes) text += row("note", printable(note));
  if (options.map) text += row("map", printable(*options.map));
  return text;
}

std::string for_programs(const CompareCommandOptions& options, const Comparison& result) {
  return json_line(
      comparison_report(result, options.files[0], options.files[1],
                        options.map ? nlohmann::ordered_json(options.map->native()) : nullptr));
}

Result<Buffer> input(const std::string& name, const Limits& limits) {
  Result<Buffer> bytes = read_everything(name, limits.max_input_bytes);
  if (bytes && bytes->empty()) {
    return fail(ErrorCode::bad_input, fmt::format("{} is empty", printable(name)),
                "give an image file");
  }
  return bytes;
}

Result<void> write_map(const std::filesystem::path& path, ByteView bytes) {
  IMGMILL_TRY(AtomicFile file, AtomicFile::create(path));
  IMGMILL_CHECK(file.write(bytes));
  file.default_permissions();
  IMGMILL_CHECK(file.sync());
  IMGMILL_CHECK(file.commit(Replace::yes));
  return {};
}

Result<ConfinedComparison> do_compare(const CompareCommandOptions& options) {
  IMGMILL_TRY(const Buffer original, input(options.files[0], options.limits));
  IMGMILL_TRY(const Buffer other, input(options.files[1], options.limits));
  IMGMILL_TRY(ConfinedComparison result,
              compare_confined(original.view(), other.view(),
                               {.map = options.map ? HeatMap::yes : HeatMap::no}, options.limits,
                               options.sandbox));
  if (options.map) IMGMILL_CHECK(write_map(*options.map, result.comparison.map.view()));
  return result;
}

/// The map must be a PNG and must not replace an input under any name.
Result<void> check_map(const CompareCommandOptions& options) {
  if (!options.map) return {};
  for (const std::string& file : options.files) {
    std::error_code error;
    if (file != "-" && std::filesystem::equivalent(file, *options.map, error)) {
      return fail(ErrorCode::usage,
                  fmt::format("the map would replace '{}', which it is of", printable(file)),
                  "give the map another name");
    }
  }
  const std::optional<Format> named = format_of_name(options.map->filename().native());
  if (named && named != Format::png) {
    return fail(ErrorCode::usage,
                fmt::format("the map is a PNG, but '{}' is named after {}", printable(*options.map),
                            upper_name(*named)),
                "give it a name that ends with .png");
  }
  return {};
}

}  // namespace

Status compare_command(const CompareCommandOptions& options, Screen& screen) {
  if (const auto checked = check_map(options); !checked) {
    return report_error(screen, "compare", checked.error());
  }
  const auto result = do_compare(options);
  if (!result) {
    const std::string reason = result.error().describe();
    screen.trouble("failed:", fmt::format(" {} and {}: {}", printable(options.files[0]),
                                          printable(options.files[1]), printable(reason)));
    if (options.json) {
      const bool told = screen.data(json_line({{"original", {{"path", options.files[0]}}},
                                               {"other", {{"path", options.files[1]}}},
                                               {"error", reason}}));
      if (!told) return Status::some_failed;
    }
    return Status::some_failed;
  }
  if (!result->missing_layers.empty() && options.sandbox == SandboxMode::automatic) {
    screen.trouble("warning:",
                   " the sandbox was not complete: " + printable(result->missing_layers) +
                       "; imgmill doctor tells more, --sandbox require insists on all");
  }
  const Comparison& comparison = result->comparison;
  const std::string text =
      options.json ? for_programs(options, comparison) : for_people(options, comparison);
  if (!screen.data(text)) return Status::some_failed;
  if (options.minimum && comparison.judged() < *options.minimum) {
    if (!options.json) {
      screen.line(fmt::format("the score is below the asked {:g}", *options.minimum));
    }
    return Status::below_minimum;
  }
  return Status::well;
}

}  // namespace imgmill::cli
