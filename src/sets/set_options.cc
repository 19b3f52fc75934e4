#include "sets/set_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/try.h"

namespace imgmill {
namespace {

Result<void> check_widths(const std::vector<std::uint32_t>& widths) {
  if (widths.empty()) {
    return fail(ErrorCode::usage, "a set needs widths", "write for example --widths 480,960,1600");
  }
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == 0 || widths[i] > SetOptions::widest) {
      return fail(ErrorCode::usage,
                  fmt::format("the width {} is not from 1 to {}", widths[i], SetOptions::widest),
                  "write widths in pixels, such as 480,960,1600");
    }
    if (i == 0 || widths[i] > widths[i - 1]) continue;
    return fail(ErrorCode::usage,
                widths[i] == widths[i - 1]
                    ? fmt::format("the width {} is given twice", widths[i])
                    : fmt::format("the width {} follows {}", widths[i], widths[i - 1]),
                "write each width once, the smallest first");
  }
  return {};
}

Result<void> check_densities(const std::vector<double>& densities) {
  if (densities.size() > SetOptions::most_densities) {
    return fail(
        ErrorCode::usage,
        fmt::format("{} densities are more than {}", densities.size(), SetOptions::most_densities),
        "write for example 1x,2x");
  }
  for (std::size_t i = 0; i < densities.size(); ++i) {
    const bool inside = densities[i] > 0 && densities[i] <= 10;
    if (inside && (i == 0 || densities[i] > densities[i - 1])) continue;
    return fail(ErrorCode::usage,
                inside ? fmt::format("the density {}x follows {}x", densities[i], densities[i - 1])
                       : fmt::format("the density {}x is not above 0 and at most 10", densities[i]),
                "write each density once, the smallest first, such as 1x,2x");
  }
  return {};
}

Result<void> check_formats(const std::vector<Format>& formats) {
  if (formats.empty()) {
    return fail(ErrorCode::usage, "a set needs formats", "write for example --formats avif,jpeg");
  }
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const FormatInfo& row = info(formats[i]);
    if (!row.writable || formats[i] == Format::svg) {
      return fail(ErrorCode::usage, fmt::format("{} is not for sets", row.name),
                  "drawings are passed on as they are without being named");
    }
    if (std::find(formats.begin(), formats.begin() + static_cast<std::ptrdiff_t>(i), formats[i]) !=
        formats.begin() + static_cast<std::ptrdiff_t>(i)) {
      return fail(ErrorCode::usage, fmt::format("the format {} is given twice", row.name),
                  "write each format once");
    }
  }
  return {};
}

/// The base is written into srcset, where spaces and commas separate.
Result<void> check_html(const SetOptions& options) {
  if (options.sizes.empty()) {
    return fail(ErrorCode::usage, "the sizes are empty",
                "write for example '(max-width: 600px) 100vw, 50vw'");
  }
  const auto apart = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || std::string_view("\",<>\\^`{|}").contains(c);
  };
  if (std::ranges::any_of(options.base, apart)) {
    return fail(ErrorCode::usage,
                fmt::format("'{}' is not the beginning of an address", printable(options.base)),
                "write it encoded, such as /images/ or https://cdn.example/a%20b/");
  }
  return {};
}

}  // namespace

Result<void> validate(const SetOptions& options) {
  IMGMILL_CHECK(check_widths(options.widths));
  IMGMILL_CHECK(check_densities(options.densities));
  IMGMILL_CHECK(check_formats(options.formats));
  IMGMILL_CHECK(check_html(options));
  const std::vector<std::uint32_t> widths = device_widths(options);
  if (widths.size() > SetOptions::most_widths) {
    return fail(ErrorCode::usage,
                fmt::format("{} widths are more than {}", widths.size(), SetOptions::most_widths),
                "leave some out: browsers take the next wider one");
  }
  if (widths.front() == 0 || widths.back() > SetOptions::widest) {
    return fail(ErrorCode::usage,
                fmt::format("times the densities, widths are from {} to {} pixels", widths.front(),
                            widths.back()),
                fmt::format("keep them from 1 to {}", SetOptions::widest));
  }
  return {};
}

std::vector<std::uint32_t> device_widths(const SetOptions& options) {
  if (options.densities.empty()) return options.widths;
  std::vector<std::uint32_t> widths;
  for (const std::uint32_t width : options.widths) {
    for (const double density : options.densities) {
      widths.push_back(static_cast<std::uint32_t>(std::lround(width * density)));
    }
  }
  std::ranges::sort(widths);
  const auto same = std::ranges::unique(widths);
  widths.erase(same.begin(), same.end());
  return widths;
}

std::vector<std::uint32_t> widths_for(const std::vector<std::uint32_t>& widths, std::uint32_t own) {
  const auto wider = std::ranges::upper_bound(widths, own);
  std::vector<std::uint32_t> fitting(widths.begin(), wider);
  if (wider != widths.end() && (fitting.empty() || fitting.back() != own)) {
    fitting.push_back(*wider);
  }
  return fitting;
}

bool by_density(const SetOptions& options) {
  return options.widths.size() == 1 && !options.densities.empty();
}

}  // namespace imgmill
