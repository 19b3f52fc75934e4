#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/try.h"
#include "commands.h"
#include "confined_compare.h"
#include "inputs.h"
#include "platform/atomic_file.h"

namespace imgmill::cli {
namespace {

/// Two digits, and no 100 that is not one.
std::string score_text(double score) {
  const double cut = score < 100 ? std::min(score, 99.99) : score;
  return fmt::format("{:.2f}", cut);
}

/// Percent that the other file is smaller; negative: larger.
double percent_saved(const Comparison& result) {
  if (result.original.bytes == 0) return 0;
  return 100.0 * (1.0 - static_cast<double>(result.other.bytes) /
                            static_cast<double>(result.original.bytes));
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
  text += row("score", fmt::format("{}: {}", score_text(result.score), result.verdict));
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

nlohmann::ordered_json json_of(const std::string& path, const ComparedImage& image) {
  return {{"path", path}, {"format", info(image.format).name}, {"size", image.bytes}};
}

nlohmann::ordered_json for_programs(const CompareCommandOptions& options,
                                    const Comparison& result) {
  nlohmann::ordered_json object;
  object["original"] = json_of(options.files[0], result.original);
  object["other"] = json_of(options.files[1], result.other);
  object["score"] = result.score;
  object["verdict"] = result.verdict;
  const WorstTile& worst = result.worst;
  object["worst"] = {{"left", worst.left},
                     {"top", worst.top},
                     {"width", worst.width},
                     {"height", worst.height},
                     {"score", worst.score}};
  object["width"] = result.width;
  object["height"] = result.height;
  object["frames"] = result.frames;
  object["frame"] = result.frame;
  object["percent_saved"] = percent_saved(result);
  object["notes"] = result.notes;
  object["map"] = options.map ? nlohmann::ordered_json(options.map->native()) : nullptr;
  return object;
}

std::string one_line(const nlohmann::ordered_json& object) {
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
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

}  // namespace

Status compare_command(const CompareCommandOptions& options, Screen& screen) {
  const auto result = do_compare(options);
  if (!result) {
    const std::string reason = result.error().describe();
    screen.trouble("failed:", fmt::format(" {} and {}: {}", printable(options.files[0]),
                                          printable(options.files[1]), printable(reason)));
    if (options.json) {
      const bool told = screen.data(one_line({{"original", {{"path", options.files[0]}}},
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
      options.json ? one_line(for_programs(options, comparison)) : for_people(options, comparison);
  if (!screen.data(text)) return Status::some_failed;
  if (options.minimum && comparison.score < *options.minimum) {
    if (!options.json) {
      screen.line(fmt::format("the score is below the asked {:g}", *options.minimum));
    }
    return Status::below_minimum;
  }
  return Status::well;
}

}  // namespace imgmill::cli
