#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/try.h"
#include "commands/commands.h"
#include "commands/inputs.h"
#include "commands/json_line.h"
#include "imgmill/optimize.h"
#include "terminal/logging.h"

namespace imgmill::cli {
namespace {

constexpr std::string_view orientation_name(int orientation) {
  switch (orientation) {
    case 2:
      return "mirrored";
    case 3:
      return "upside down";
    case 4:
      return "upside down, mirrored";
    case 5:
      return "on its left side, mirrored";
    case 6:
      return "to be turned right by 90 degrees";
    case 7:
      return "on its right side, mirrored";
    case 8:
      return "to be turned left by 90 degrees";
    default:
      return "upright";
  }
}

std::string row(std::string_view name, std::string_view value) {
  return fmt::format("  {:<13}{}\n", name, value);
}

std::string for_people(std::string_view name, std::uint64_t size, const ImageInfo& image) {
  const FormatInfo& format = info(image.format);
  std::string text = printable(name) + "\n";
  text += row("format", fmt::format("{}{}", format.name, image.progressive ? ", progressive" : ""));
  text += row("size", fmt::format("{} ({} bytes)", human_size(size), grouped(size)));
  const double megapixels = static_cast<double>(image.width) * image.height / 1e6;
  text += row("dimensions",
              fmt::format("{} x {}", image.width, image.height) +
                  (megapixels >= 0.1 ? fmt::format(" ({:.1f} megapixels)", megapixels) : ""));
  text += row("depth",
              fmt::format("{} bits, {} {}{}{}", image.bits, image.channels,
                          image.channels == 1 ? "channel" : "channels",
                          image.alpha ? ", transparency" : "", image.palette ? ", palette" : ""));
  text += row("colour", fmt::format("{}, {}", printable(image.colour_space),
                                    image.profile.empty() ? "no profile"
                                                          : "profile " + printable(image.profile)));
  if (image.frames > 1) {
    text += row("frames", fmt::format("{}, plays {}", grouped(image.frames),
                                      image.loop == 0   ? "for ever"
                                      : image.loop == 1 ? "once"
                                                        : fmt::format("{} times", image.loop)));
  }
  if (image.orientation != 1) {
    text += row("orientation",
                fmt::format("{} ({})", image.orientation, orientation_name(image.orientation)));
  }
  if (image.quality) text += row("quality", fmt::format("about {}", *image.quality));
  text += row("metadata", image.metadata.empty()
                              ? std::string("none")
                              : printable(fmt::format("{}", fmt::join(image.metadata, ", "))));
  // Everything besides the picture itself, one line each; equal pieces are counted.
  std::vector<std::pair<const ContentPiece*, std::uint64_t>> pieces;
  for (const ContentPiece& piece : image.contents) {
    if (piece.kind == "picture") continue;
    const auto same = std::ranges::find_if(pieces, [&](const auto& each) {
      return each.first->kind == piece.kind && each.first->name == piece.name;
    });
    if (same != pieces.end()) {
      ++same->second;
    } else {
      pieces.emplace_back(&piece, 1);
    }
  }
  bool first = true;
  for (const auto& [piece, count] : pieces) {
    std::string line = printable(piece->name);
    if (count > 1) line += fmt::format(" x {}", grouped(count));
    if (piece->bytes > 0) line += ", " + human_size(piece->bytes);
    if (piece->holds.any())
      line += fmt::format(" (holds a {})", fmt::join(names_of(piece->holds), ", a "));
    line += piece->stands_in_the_way ? ": kept, and keeps the picture from being encoded anew"
            : piece->dropped         ? ": goes by default"
                                     : ": stays";
    text += row(first ? "holds" : "", line);
    first = false;
  }
  return text;
}

nlohmann::ordered_json for_programs(std::string_view name, std::uint64_t size,
                                    const ImageInfo& image) {
  nlohmann::ordered_json object;
  object["path"] = name;
  object["format"] = info(image.format).name;
  object["size"] = size;
  object["width"] = image.width;
  object["height"] = image.height;
  object["bits"] = image.bits;
  object["channels"] = image.channels;
  object["alpha"] = image.alpha;
  object["palette"] = image.palette;
  object["frames"] = image.frames;
  object["loop"] = image.loop;
  object["orientation"] = image.orientation;
  object["colour_space"] = image.colour_space;
  object["profile"] =
      image.profile.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(image.profile);
  object["quality"] =
      image.quality ? nlohmann::ordered_json(*image.quality) : nlohmann::ordered_json();
  object["progressive"] = image.progressive;
  object["metadata"] = image.metadata;
  object["contents"] = nlohmann::ordered_json::array();
  for (const ContentPiece& piece : image.contents) {
    object["contents"].push_back({{"kind", piece.kind},
                                  {"name", printable(piece.name)},
                                  {"bytes", piece.bytes},
                                  {"private", names_of(piece.holds)},
                                  {"fate", piece.stands_in_the_way ? "stands in the way"
                                           : piece.dropped         ? "dropped"
                                                                   : "carried"}});
  }
  return object;
}

Result<ImageInfo> look_at(const std::string& name, const Limits& limits, std::uint64_t& size) {
  IMGMILL_TRY(const Buffer bytes, read_everything(name, limits.max_input_bytes));
  size = bytes.size();
  return inspect(bytes.view(), limits);
}

}  // namespace

Status inspect_command(const InspectOptions& options, Screen& screen) {
  Status status = Status::well;
  bool first = true;
  for (const std::string& name : options.files) {
    std::uint64_t size = 0;
    const auto image = look_at(name, options.limits, size);
    std::string text;
    if (image) {
      if (!first && !options.json) text = "\n";
      text += options.json ? json_line(for_programs(name, size, *image))
                           : for_people(name, size, *image);
      first = false;
    } else {
      status = Status::some_failed;
      const std::string reason = image.error().describe();
      screen.trouble("failed:", " " + printable(name) + ": " + printable(reason));
      if (options.json) text = json_line({{"path", name}, {"error", reason}});
    }
    if (!screen.data(text)) return Status::some_failed;
  }
  return status;
}

}  // namespace imgmill::cli
