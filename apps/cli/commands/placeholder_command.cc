#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "commands/commands.h"
#include "commands/confined_placeholder.h"
#include "commands/inputs.h"
#include "commands/json_line.h"
#include "schema/json_placeholder.h"
#include "schema/json_settings.h"

namespace imgmill::cli {
namespace {

std::string row(std::string_view name, std::string_view value) {
  return fmt::format("  {:<10}{}\n", name, value);
}

std::string for_people(std::string_view name, const Placeholder& made) {
  std::string text = printable(name) + "\n";
  text += row("pixels", fmt::format("{} x {}", made.width, made.height));
  text += row("thumbhash", made.thumb_hash);
  text += row("blurhash", made.blur_hash);
  text += row("dominant", made.dominant ? hex_of(*made.dominant) : "none: nothing is opaque");
  std::string colours;
  for (const PaletteEntry& entry : made.palette) {
    colours += fmt::format("{}{} {:.0f}%", colours.empty() ? "" : ", ", hex_of(entry.colour),
                           100 * entry.share);
  }
  if (!colours.empty()) text += row("palette", colours);
  text += row("data URI", made.data_uri);
  return text;
}

std::string for_programs(const std::string& name, const Placeholder& made) {
  Json json;
  json["path"] = name;
  json.update(json_of(made));
  return json_line(json);
}

Result<ConfinedPlaceholder> made_of(const std::string& name,
                                    const PlaceholderCommandOptions& options) {
  IMGMILL_TRY(const Buffer bytes, read_everything(name, options.limits.max_input_bytes));
  if (bytes.empty()) {
    return fail(ErrorCode::bad_input, "the file is empty", "give an image file");
  }
  return placeholder_confined(bytes.view(), options.limits, options.sandbox);
}

}  // namespace

Status placeholder_command(const PlaceholderCommandOptions& options, Screen& screen) {
  Status status = Status::well;
  bool first = true;
  bool warned = false;
  for (const std::string& name : options.files) {
    const auto made = made_of(name, options);
    std::string text;
    if (made) {
      if (!made->missing_layers.empty() && options.sandbox == SandboxMode::automatic &&
          !std::exchange(warned, true)) {
        screen.trouble("warning:",
                       " the sandbox was not complete: " + printable(made->missing_layers) +
                           "; imgmill doctor tells more, --sandbox require insists on all");
      }
      if (!first && !options.json) text = "\n";
      text += options.json ? for_programs(name, made->placeholder)
                           : for_people(name, made->placeholder);
      first = false;
    } else {
      status = Status::some_failed;
      const std::string reason = made.error().describe();
      screen.trouble("failed:", " " + printable(name) + ": " + printable(reason));
      if (options.json) text = json_line({{"path", name}, {"error", reason}});
    }
    if (!screen.data(text)) return Status::some_failed;
  }
  return status;
}

}  // namespace imgmill::cli
