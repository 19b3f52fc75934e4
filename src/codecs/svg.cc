#include "codecs/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/try.h"
#include "codecs/engine.h"
#include "svg/gzip.h"
#include "svg/numbers.h"
#include "svg/reader.h"
#include "svg/traits.h"

namespace imgmill {
namespace {

using vips::VImage;

constexpr double dots_per_inch = 96;  // CSS pixels per inch
// The maximum of a signed 32-bit number, as results use.
constexpr double most_side = 2'147'483'647;
// librsvg draws no larger drawings.
constexpr double most_drawn = 32'000;
// librsvg renders at a few hundred pixels, then scales. Far from that size its arithmetic breaks
// down: it rounds sides to whole pixels before they are scaled.
constexpr double smallest_to_scale = 0.5;
constexpr double largest_to_scale = 1e7;

struct Unit {
  std::string_view name;
  double pixels;
};
constexpr std::array units = {Unit{"", 1},
                              Unit{"px", 1},
                              Unit{"pt", dots_per_inch / 72},
                              Unit{"pc", dots_per_inch / 6},
                              Unit{"in", dots_per_inch},
                              Unit{"cm", dots_per_inch / 2.54},
                              Unit{"mm", dots_per_inch / 25.4},
                              Unit{"em", 16},
                              Unit{"ex", 8}};

// Returns pixels; none if the length depends on the drawing's surroundings.
std::optional<double> side(const std::string* text) {
  if (text == nullptr) return std::nullopt;
  std::string_view rest = svg::trimmed(*text);
  const auto number = svg::take_number(rest);
  if (!number) return std::nullopt;
  const auto unit = std::ranges::find(units, rest, &Unit::name);
  if (unit == units.end() || !(number->value >= 0)) return std::nullopt;
  return number->value * unit->pixels;
}

struct Size {
  double width;
  double height;
};

Size size_of(const svg::Node& root) {
  const std::optional<double> width = side(root.find("width"));
  const std::optional<double> height = side(root.find("height"));
  if (width && height) return {*width, *height};
  const std::string* const box = root.find("viewBox");
  const auto numbers = svg::numbers_of(box == nullptr ? std::string_view() : *box);
  if (numbers && numbers->size() == 4 && (*numbers)[2].value > 0 && (*numbers)[3].value > 0) {
    const double ratio = (*numbers)[2].value / (*numbers)[3].value;
    if (width) return {*width, *width / ratio};
    if (height) return {*height * ratio, *height};
    return {(*numbers)[2].value, (*numbers)[3].value};
  }
  return {width.value_or(300), height.value_or(150)};
}

std::uint32_t pixels(double side) {
  return static_cast<std::uint32_t>(std::clamp(std::ceil(side), 1.0, most_side));
}

// Lazy; rendered at `scale` times the intrinsic size.
VImage load(const BlobView& blob, double scale) {
  return VImage::svgload_buffer(blob.get(),
                                VImage::option()->set("scale", scale)->set("dpi", dots_per_inch));
}

constexpr const char* cannot_be_drawn = "the SVG cannot be drawn";

}  // namespace

bool SvgCodec::matches(ByteView header) {
  return svg::looks_like_svg(header) || svg::looks_like_gzip(header);
}

Result<ImageInfo> SvgCodec::probe(ByteView input) {
  IMGMILL_TRY(const svg::Node root, svg::read_root(input));
  const Size size = size_of(root);
  ImageInfo info;
  info.format = Format::svg;
  info.width = pixels(size.width);
  info.height = pixels(size.height);
  info.alpha = true;
  info.channels = 4;
  info.lossless = true;
  info.colour_space = "sRGB";
  return info;
}

Result<Picture> drawn(ByteView bytes, std::uint32_t longest) {
  IMGMILL_TRY(const svg::Node root, svg::read_root(bytes));
  const Size size = size_of(root);
  if (!(size.width > 0) || !(size.height > 0)) {
    return fail(ErrorCode::bad_input, "the SVG has no area", "give it a width and a height");
  }
  const double longer = std::max(size.width, size.height);
  if (std::min(size.width, size.height) < smallest_to_scale || longer > largest_to_scale) {
    return fail(ErrorCode::limit,
                fmt::format("an SVG that says it is {:.3g} x {:.3g} pixels cannot be drawn",
                            size.width, size.height),
                "give its root a width and a height that can be seen");
  }
  start_engine();
  if (vips_type_find("VipsOperation", "svgload_buffer") == 0) {
    return fail(ErrorCode::unsupported, "this libvips draws no SVG",
                "build imgmill with the pinned engine");
  }
  Result<Result<Picture>> picture =
      with_engine(ErrorCode::bad_input, cannot_be_drawn, [&]() -> Result<Picture> {
        const BlobView blob(bytes);
        double scale = longest / longer;
        VImage image = load(blob, scale);
        // librsvg may compute a different size than browsers.
        const double found = std::max(image.width(), image.height());
        if (found > 2.0 * longest || found < 0.5 * longest) {
          scale *= longest / found;
          image = load(blob, scale);
          if (std::max(image.width(), image.height()) > 2.0 * longest + 1) {
            return fail(ErrorCode::limit, "the SVG has no size that it can be drawn at",
                        "give it a width, a height and a viewBox");
          }
        }
        return Picture{.image = image.copy_memory()};
      });
  if (!picture) return std::unexpected(std::move(picture).error());
  return *std::move(picture);
}

Result<Picture> SvgCodec::decode(ByteView input, const ImageInfo& info, const DecodeOptions&) {
  IMGMILL_TRY(const svg::Document document, svg::read(input));
  if (svg::traits_of(document).text) {
    return fail(ErrorCode::unsupported, "an SVG with text is not drawn here, for lack of fonts",
                "turn its text into paths with the program that made it");
  }
  const Limits limits;
  const std::uint32_t longest = std::max(info.width, info.height);
  if (longest > most_drawn || std::uint64_t{info.width} * info.height > limits.max_pixels) {
    return fail(ErrorCode::limit,
                fmt::format("an SVG of {} x {} is too large to be drawn", info.width, info.height),
                "give its root a smaller width and height");
  }
  IMGMILL_TRY(Picture picture, drawn(input, longest));
  return with_engine(ErrorCode::bad_input, cannot_be_drawn, [&] {
    // Limits were checked against `info`, and callers rely on its size.
    picture.image =
        picture.image.embed(0, 0, static_cast<int>(info.width), static_cast<int>(info.height));
    return std::move(picture);
  });
}

Result<Buffer> SvgCodec::encode(const Picture&, const EncodeOptions&) {
  return fail(ErrorCode::unsupported, "pixels do not become SVG",
              "choose jpeg, png, webp, avif or jxl with --format");
}

std::optional<std::string> SvgCodec::diagnose(ByteView) { return std::nullopt; }

}  // namespace imgmill
