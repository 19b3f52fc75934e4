#include "sets/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace imgmill {
namespace {

/// How many browsers show a format; the smallest is the safest.
int rarity(Format format) {
  switch (format) {
    case Format::jpeg:
    case Format::png:
    case Format::gif:
    case Format::svg:
      return 0;
    case Format::webp:
      return 1;
    case Format::avif:
      return 2;
    case Format::jpegxl:
      return 3;
    default:
      return 4;
  }
}

/// The variants of one format, the narrowest first.
using Row = std::vector<const Variant*>;

std::vector<Row> rows_of(const SetEntry& entry) {
  std::vector<Row> rows;
  for (const Variant& variant : entry.variants) {
    if (rows.empty() || rows.back().front()->format != variant.format) rows.emplace_back();
    rows.back().push_back(&variant);
  }
  return rows;
}

std::string address(const Variant& variant, const SetOptions& options) {
  return escaped(options.base) + url_of(variant.path);
}

/// "a-480w.webp 480w, a-960w.webp 960w", or "a-300w.webp 1x, a-600w.webp 2x".
std::string srcset(const Row& row, const SetOptions& options) {
  std::string set;
  for (const Variant* variant : row) {
    if (!set.empty()) set += ", ";
    set += address(*variant, options);
    if (by_density(options)) {
      const double density = static_cast<double>(variant->width) / options.widths.front();
      set += fmt::format(" {:g}x", std::round(density * 1000) / 1000);
    } else {
      set += fmt::format(" {}w", variant->width);
    }
  }
  return set;
}

/// With widths, browsers need to know how wide the picture is shown.
std::string sources(const Row& row, const SetOptions& options) {
  std::string text = fmt::format("srcset=\"{}\"", srcset(row, options));
  if (!by_density(options)) text += fmt::format(" sizes=\"{}\"", escaped(options.sizes));
  return text;
}

std::string img(const Row& row, const SetOptions& options) {
  const Variant& widest = *row.back();
  std::uint32_t width = widest.width;
  std::uint32_t height = widest.height;
  if (by_density(options) && options.widths.front() < width) {
    const double scale = static_cast<double>(options.widths.front()) / width;
    width = options.widths.front();
    height = static_cast<std::uint32_t>(std::max(1L, std::lround(height * scale)));
  }
  const bool one = widest.format == Format::svg;
  return fmt::format(
      "<img src=\"{}\"{} width=\"{}\" height=\"{}\" alt=\"\" loading=\"lazy\" decoding=\"async\">",
      address(widest, options), one ? "" : " " + sources(row, options), width, height);
}

}  // namespace

std::string html_of(const SetEntry& entry, const SetOptions& options) {
  std::vector<Row> rows = rows_of(entry);
  const auto commonest = std::ranges::min_element(
      rows, {}, [](const Row& row) { return rarity(row.front()->format); });
  const Row fallback = *commonest;
  const std::string shown = img(fallback, options);
  if (options.html == HtmlElement::img || rows.size() == 1) return shown + "\n";
  rows.erase(commonest);
  // Browsers take the first format they know.
  std::erase_if(rows, [&](const Row& row) { return row.back()->bytes >= fallback.back()->bytes; });
  std::ranges::sort(
      rows, {}, [](const Row& row) { return std::tuple(row.back()->bytes, row.front()->format); });
  std::string text = "<picture>\n";
  for (const Row& row : rows) {
    text += fmt::format("  <source type=\"{}\" {}>\n", info(row.front()->format).mime_type,
                        sources(row, options));
  }
  return text + "  " + shown + "\n</picture>\n";
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string url_of(std::string_view path) {
  std::string url;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").contains(c);
    if (plain) {
      url += c;
    } else {
      url += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return url;
}

}  // namespace imgmill
