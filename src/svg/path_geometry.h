// The geometry of a path, independent of its spelling.
#pragma once

#include <vector>

#include "svg/path_data.h"

namespace imgmill::svg {

struct Point {
  double x = 0;
  double y = 0;
};

enum class Shape : unsigned char { move, line, cubic, quadratic, arc, close };

/// One segment with explicit absolute points.
struct Curve {
  Shape shape = Shape::move;
  Point from;
  Point first;   ///< control point; for an arc, the radii
  Point second;  ///< second control point of a cubic
  Point to;
  double turn = 0;  ///< rotation of an arc's axes, degrees
  bool large = false;
  bool sweep = false;
};

[[nodiscard]] std::vector<Curve> curves_of(const std::vector<Segment>& segments);

/// True if `path` has the same curves as `original`, with each point within 1.6 `unit` of its
/// original position (half a unit of rounding for every point that a reflected control point
/// depends on), and the middles of arcs within 4.
[[nodiscard]] bool lies_on(const std::vector<Curve>& path, const std::vector<Curve>& original,
                           double unit);

}  // namespace imgmill::svg
