#include "svg/path_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "svg/path_geometry.h"
#include "svg/path_writer.h"

namespace imgmill::svg {
namespace {

int arguments_of(char command) {
  switch (command | 0x20) {
    case 'z':
      return 0;
    case 'h':
    case 'v':
      return 1;
    case 'm':
    case 'l':
    case 't':
      return 2;
    case 's':
    case 'q':
      return 4;
    case 'c':
      return 6;
    case 'a':
      return 7;
    default:
      return -1;
  }
}

// Flags need no separator after them.
std::optional<Number> take_flag(std::string_view& text) {
  if (text.empty() || (text.front() != '0' && text.front() != '1')) return std::nullopt;
  const Number flag{.value = text.front() == '1' ? 1.0 : 0.0, .text = text.substr(0, 1)};
  text.remove_prefix(1);
  return flag;
}

void skip_blank(std::string_view& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  text.remove_prefix(first == std::string_view::npos ? text.size() : first);
}

std::optional<Segment> take_segment(std::string_view& text, char command, int count) {
  Segment segment{.command = command, .arguments = {}};
  for (int i = 0; i < count; ++i) {
    if (i > 0) take_separator(text);
    const bool flag = (command | 0x20) == 'a' && (i == 3 || i == 4);
    const std::optional<Number> number = flag ? take_flag(text) : take_number(text);
    if (!number) return std::nullopt;
    segment.arguments.push_back(*number);
  }
  return segment;
}

}  // namespace

std::optional<std::vector<Segment>> parse_path(std::string_view text) {
  std::vector<Segment> segments;
  skip_blank(text);
  while (!text.empty()) {
    char command = text.front();
    const int count = arguments_of(command);
    if (count < 0 || (segments.empty() && (command | 0x20) != 'm')) return std::nullopt;
    text.remove_prefix(1);
    skip_blank(text);
    if (count == 0) {
      segments.push_back({.command = command, .arguments = {}});
      continue;
    }
    for (;;) {
      std::optional<Segment> segment = take_segment(text, command, count);
      if (!segment) return std::nullopt;
      segments.push_back(*std::move(segment));
      if (command == 'M') command = 'L';
      if (command == 'm') command = 'l';
      const std::string_view before = text;
      take_separator(text);
      const bool comma =
          before.substr(0, before.size() - text.size()).find(',') != std::string_view::npos;
      if (!text.empty() && arguments_of(text.front()) < 0) continue;
      if (comma) return std::nullopt;
      break;
    }
  }
  return segments;
}

std::string respell_path(std::string_view text) {
  const auto segments = parse_path(text);
  if (!segments) return std::string(text);
  PathWriter writer;
  for (const Segment& segment : *segments) {
    Piece piece{.command = segment.command, .numbers = {}};
    for (const Number& number : segment.arguments) piece.numbers.push_back(spell(number.text));
    writer.add(piece);
  }
  return writer.text().size() < text.size() ? writer.text() : std::string(text);
}

namespace {

// A small path in a large drawing may be viewed enlarged, so the tolerance also depends on its own
// size.
constexpr double of_path = 1.0 / 1000;
constexpr double at_most_finer = 0.1;

double longest_side(const std::vector<Curve>& curves) {
  Point low{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
  Point high{-low.x, -low.y};
  for (const Curve& curve : curves) {
    for (const Point& point : {curve.from, curve.to}) {
      low = {std::min(low.x, point.x), std::min(low.y, point.y)};
      high = {std::max(high.x, point.x), std::max(high.y, point.y)};
    }
  }
  return std::max(high.x - low.x, high.y - low.y);
}

}  // namespace

std::string shorten_path(std::string_view text, double tolerance) {
  std::string exact = respell_path(text);
  const auto segments = parse_path(text);
  if (!segments || segments->empty()) return exact;
  const std::vector<Curve> curves = curves_of(*segments);
  const double side = longest_side(curves);
  if (!std::isfinite(side)) return exact;
  tolerance = std::min(tolerance, std::max(side * of_path, tolerance * at_most_finer));
  const std::optional<int> fewest = decimals_for(tolerance);
  if (!fewest) return exact;
  // Arcs whose radii barely reach their end points may swing far when those move a little.
  for (int decimals = *fewest; decimals <= *fewest + 3; ++decimals) {
    const std::optional<std::string> shorter = path_on_grid(*segments, decimals);
    // If both are equally short, prefer the one that is stable when shortened again.
    if (!shorter || shorter->size() > exact.size()) break;
    const auto again = parse_path(*shorter);
    const double unit = std::pow(10.0, -decimals);
    if (again && lies_on(curves_of(*again), curves, unit)) return *shorter;
  }
  return exact;
}

}  // namespace imgmill::svg
