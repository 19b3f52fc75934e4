// Where a path runs, independent of how it is written.
#pragma once

#include <vector>

#include "svg/path_data.h"

namespace imgmill::svg {

struct Point {
  double x = 0;
  double y = 0;
};

enum class Shape : unsigned char { move, line, cubic, quadratic, arc, close };

/// One segment with all its points where they are: nothing is relative or left out.
struct Curve {
  Shape shape = Shape::move;
  Point from;
  Point first;   ///< control point; of an arc: the radii
  Point second;  ///< second control point of a cubic
  Point to;
  double turn = 0;  ///< of an arc's axes, degrees
  bool large = false;
  bool sweep = false;
};

[[nodiscard]] std::vector<Curve> curves_of(const std::vector<Segment>& segments);

/// Whether `path` has the same curves as `original`, each of their points within 1.6 `unit` of
/// where it was (half a unit of rounding for every point that a reflected control point hangs on),
/// and the middles of arcs within 4.
[[nodiscard]] bool lies_on(const std::vector<Curve>& path, const std::vector<Curve>& original,
                           double unit);

}  // namespace imgmill::svg
