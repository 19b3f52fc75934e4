#include "svg/path_writer.h"

#include <array>
#include <cmath>
#include <cstdint>

#include "svg/path_geometry.h"

namespace imgmill::svg {
namespace {

bool is_arc(char command) { return (command | 0x20) == 'a'; }

bool has_point(std::string_view number) {
  return number.find_first_of(".e") != std::string_view::npos;
}

}  // namespace

void PathWriter::append(std::string& out, const Piece& piece) const {
  bool number = number_before_;
  bool point = point_before_;
  if (piece.command != before_ || piece.numbers.empty()) {
    out += piece.command;
    number = false;
  }
  for (std::size_t i = 0; i < piece.numbers.size(); ++i) {
    const std::string& next = piece.numbers[i];
    const bool behind_flag = is_arc(piece.command) && (i == 4 || i == 5);
    const bool parted = next.front() == '-' || (next.front() == '.' && point);
    if (number && !behind_flag && !parted) out += ' ';
    out += next;
    number = true;
    point = has_point(next);
  }
}

std::size_t PathWriter::cost(const Piece& piece) const {
  std::string out;
  append(out, piece);
  return out.size();
}

void PathWriter::add(const Piece& piece) {
  append(text_, piece);
  before_ = piece.command == 'M' ? 'L' : piece.command == 'm' ? 'l' : piece.command;
  number_before_ = !piece.numbers.empty();
  point_before_ = number_before_ && has_point(piece.numbers.back());
}

namespace {

using Units = std::int64_t;

struct GridPoint {
  Units x = 0;
  Units y = 0;
  friend bool operator==(GridPoint, GridPoint) = default;
};

// A curve whose points lie on the grid. `reflects`: the first control point is the one that a
// shorthand command implies.
struct GridCurve {
  Shape shape = Shape::move;
  GridPoint from, first, second, to;
  bool reflects = false;
  std::array<std::string, 5> arc;  // components kept as spelled: radii, rotation, flags
};

std::optional<GridPoint> on_grid(Point point, int decimals) {
  const auto x = svg::on_grid(point.x, decimals);
  const auto y = svg::on_grid(point.y, decimals);
  if (!x || !y) return std::nullopt;
  return GridPoint{*x, *y};
}

GridPoint mirrored(GridPoint control, GridPoint middle) {
  return {2 * middle.x - control.x, 2 * middle.y - control.y};
}

std::optional<std::vector<GridCurve>> to_grid(const std::vector<Segment>& segments, int decimals) {
  const std::vector<Curve> curves = curves_of(segments);
  std::vector<GridCurve> grid;
  grid.reserve(curves.size());
  const double tolerance = 0.5 * std::pow(10.0, -decimals);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const Curve& curve = curves[i];
    GridCurve out{.shape = curve.shape, .arc = {}};
    const auto from = on_grid(curve.from, decimals);
    const auto to = on_grid(curve.to, decimals);
    const bool radii = curve.shape == Shape::arc;
    const auto first = on_grid(radii ? Point{} : curve.first, decimals);
    const auto second = on_grid(curve.second, decimals);
    if (!from || !to || !first || !second) return std::nullopt;
    out.from = *from;
    out.to = *to;
    out.first = *first;
    out.second = *second;
    const char command = static_cast<char>(segments[i].command & ~0x20);
    const GridCurve* const before = grid.empty() ? nullptr : &grid.back();
    if (curve.shape == Shape::cubic || curve.shape == Shape::quadratic) {
      const bool follows = before != nullptr && before->shape == curve.shape;
      const GridPoint last = curve.shape == Shape::cubic && follows ? before->second
                             : follows                              ? before->first
                                                                    : GridPoint{};
      const GridPoint expected = follows ? mirrored(last, out.from) : out.from;
      // Shorthand commands stay shorthand; their control point follows the preceding one.
      if (command == 'S' || command == 'T') out.first = expected;
      out.reflects = out.first == expected;
    }
    if (radii) {
      const auto& a = segments[i].arguments;
      // A circle's rotation has no effect.
      const bool circle = curve.first.x == curve.first.y;
      out.arc = {rounded(a[0], tolerance, 4), rounded(a[1], tolerance, 4),
                 circle ? std::string("0") : rounded(a[2], 1e-4, 5), std::string(a[3].text),
                 std::string(a[4].text)};
      for (std::size_t radius = 0; radius < 2; ++radius) {
        if (out.arc[radius].front() == '-') out.arc[radius].erase(0, 1);
      }
    }
    grid.push_back(std::move(out));
  }
  return grid;
}

// Returns the possible spellings of one curve.
std::vector<Piece> ways(const GridCurve& curve, bool relative, int decimals) {
  const GridPoint base = relative ? curve.from : GridPoint{};
  const auto x = [&](GridPoint p) { return spell(p.x - base.x, decimals); };
  const auto y = [&](GridPoint p) { return spell(p.y - base.y, decimals); };
  const auto letter = [&](char c) { return static_cast<char>(relative ? c | 0x20 : c); };
  std::vector<Piece> all;
  switch (curve.shape) {
    case Shape::move:
      all.push_back({letter('M'), {x(curve.to), y(curve.to)}});
      break;
    case Shape::line:
      if (curve.to.y == curve.from.y) all.push_back({letter('H'), {x(curve.to)}});
      if (curve.to.x == curve.from.x) all.push_back({letter('V'), {y(curve.to)}});
      all.push_back({letter('L'), {x(curve.to), y(curve.to)}});
      break;
    case Shape::cubic:
      if (curve.reflects) {
        all.push_back({letter('S'), {x(curve.second), y(curve.second), x(curve.to), y(curve.to)}});
        break;
      }
      all.push_back({letter('C'),
                     {x(curve.first), y(curve.first), x(curve.second), y(curve.second), x(curve.to),
                      y(curve.to)}});
      break;
    case Shape::quadratic:
      if (curve.reflects) {
        all.push_back({letter('T'), {x(curve.to), y(curve.to)}});
        break;
      }
      all.push_back({letter('Q'), {x(curve.first), y(curve.first), x(curve.to), y(curve.to)}});
      break;
    case Shape::arc:
      all.push_back({letter('A'),
                     {curve.arc[0], curve.arc[1], curve.arc[2], curve.arc[3], curve.arc[4],
                      x(curve.to), y(curve.to)}});
      break;
    case Shape::close:
      all.push_back({'z', {}});
      break;
  }
  return all;
}

std::string written(const std::vector<GridCurve>& curves, int decimals, bool relative_start) {
  PathWriter writer;
  bool first = true;
  for (const GridCurve& curve : curves) {
    std::vector<Piece> all = ways(curve, true, decimals);
    // The first moveto determines whether implicit linetos are relative.
    if (first && !relative_start) all.clear();
    if (!first || !relative_start) {
      for (Piece& piece : ways(curve, false, decimals)) all.push_back(std::move(piece));
    }
    first = false;
    const Piece* best = nullptr;
    std::size_t fewest = 0;
    for (const Piece& piece : all) {
      const std::size_t cost = writer.cost(piece);
      if (best == nullptr || cost < fewest) {
        best = &piece;
        fewest = cost;
      }
    }
    writer.add(*best);
  }
  return writer.text();
}

}  // namespace

std::optional<std::string> path_on_grid(const std::vector<Segment>& segments, int decimals) {
  const auto grid = to_grid(segments, decimals);
  if (!grid) return std::nullopt;
  std::string absolute = written(*grid, decimals, false);
  std::string relative = written(*grid, decimals, true);
  return relative.size() < absolute.size() ? relative : absolute;
}

}  // namespace imgmill::svg
