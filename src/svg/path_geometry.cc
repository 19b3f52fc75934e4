#include "svg/path_geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace imgmill::svg {
namespace {

bool near(Point a, Point b, double most) {
  return std::abs(a.x - b.x) <= most && std::abs(a.y - b.y) <= most;
}

Point mirrored(Point control, Point middle) {
  return {2 * middle.x - control.x, 2 * middle.y - control.y};
}

// Returns the point halfway along an arc (SVG 2, B.2.4 and B.2.5), which characterizes its course.
Point halfway(const Curve& arc) {
  const Point middle{(arc.from.x + arc.to.x) / 2, (arc.from.y + arc.to.y) / 2};
  double rx = std::abs(arc.first.x);
  double ry = std::abs(arc.first.y);
  if (rx == 0 || ry == 0) return middle;  // drawn as a line
  const double angle = arc.turn * std::numbers::pi / 180;
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  const Point half{(arc.from.x - arc.to.x) / 2, (arc.from.y - arc.to.y) / 2};
  const double x = c * half.x + s * half.y;
  const double y = -s * half.x + c * half.y;
  if (x == 0 && y == 0) return middle;  // not drawn
  const double reach = x * x / (rx * rx) + y * y / (ry * ry);
  if (reach > 1) {
    rx *= std::sqrt(reach);
    ry *= std::sqrt(reach);
  }
  const double square = rx * rx * y * y + ry * ry * x * x;
  double root = std::sqrt(std::max(0.0, (rx * rx * ry * ry - square) / square));
  if (arc.large == arc.sweep) root = -root;
  const Point centre{root * rx * y / ry, -root * ry * x / rx};
  const double start = std::atan2((y - centre.y) / ry, (x - centre.x) / rx);
  double span = std::atan2((-y - centre.y) / ry, (-x - centre.x) / rx) - start;
  constexpr double round = 2 * std::numbers::pi;
  if (arc.sweep && span < 0) span += round;
  if (!arc.sweep && span > 0) span -= round;
  const double at = start + span / 2;
  const Point found{centre.x + rx * std::cos(at), centre.y + ry * std::sin(at)};
  return {middle.x + c * found.x - s * found.y, middle.y + s * found.x + c * found.y};
}

}  // namespace

std::vector<Curve> curves_of(const std::vector<Segment>& segments) {
  std::vector<Curve> curves;
  curves.reserve(segments.size());
  Point at;
  Point start;
  for (const Segment& segment : segments) {
    const bool relative = segment.command >= 'a';
    const Point base = relative ? at : Point{};
    const auto value = [&](std::size_t i) { return segment.arguments[i].value; };
    const auto point = [&](std::size_t i) {
      return Point{base.x + value(i), base.y + value(i + 1)};
    };
    Curve curve{.from = at, .to = at};
    const Curve* const before = curves.empty() ? nullptr : &curves.back();
    switch (segment.command & ~0x20) {
      case 'M':
        curve.to = start = point(0);
        break;
      case 'L':
        curve.shape = Shape::line;
        curve.to = point(0);
        break;
      case 'H':
        curve.shape = Shape::line;
        curve.to.x = base.x + value(0);
        break;
      case 'V':
        curve.shape = Shape::line;
        curve.to.y = base.y + value(0);
        break;
      case 'C':
        curve.shape = Shape::cubic;
        curve.first = point(0);
        curve.second = point(2);
        curve.to = point(4);
        break;
      case 'S':
        curve.shape = Shape::cubic;
        curve.first =
            before != nullptr && before->shape == Shape::cubic ? mirrored(before->second, at) : at;
        curve.second = point(0);
        curve.to = point(2);
        break;
      case 'Q':
        curve.shape = Shape::quadratic;
        curve.first = point(0);
        curve.to = point(2);
        break;
      case 'T':
        curve.shape = Shape::quadratic;
        curve.first = before != nullptr && before->shape == Shape::quadratic
                          ? mirrored(before->first, at)
                          : at;
        curve.to = point(0);
        break;
      case 'A':
        curve.shape = Shape::arc;
        curve.first = {value(0), value(1)};
        curve.turn = value(2);
        curve.large = value(3) != 0;
        curve.sweep = value(4) != 0;
        curve.to = point(5);
        break;
      default:
        curve.shape = Shape::close;
        curve.to = start;
    }
    at = curve.to;
    curves.push_back(curve);
  }
  return curves;
}

bool lies_on(const std::vector<Curve>& path, const std::vector<Curve>& original, double unit) {
  if (path.size() != original.size()) return false;
  const auto alike = [&](const Curve& a, const Curve& b) {
    // Accumulated sums of written values are limited by double precision.
    const double scale = std::max({std::abs(b.to.x), std::abs(b.to.y), std::abs(b.from.x), 1.0});
    const double most = 1.6 * unit + 1e-9 * scale;
    if (a.shape != b.shape || !near(a.to, b.to, most)) return false;
    if (a.shape == Shape::arc) {
      return a.large == b.large && a.sweep == b.sweep && near(halfway(a), halfway(b), 4 * unit);
    }
    return near(a.first, b.first, most) && near(a.second, b.second, most);
  };
  return std::ranges::equal(path, original, alike);
}

}  // namespace imgmill::svg
