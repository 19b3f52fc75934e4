#include "transform/rgb_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace imgmill {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;  // rows

constexpr Vector d50 = {0.9642, 1.0, 0.8249};  // ICC.1:2022, 7.2.16
constexpr Matrix bradford = {
    {{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}};

constexpr ToneCurve pure(double gamma) { return {.gamma = gamma}; }
// SMPTE ST 240.
constexpr ToneCurve smpte240 = {1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 0.25, 0.0912};

constexpr Chromaticity d65 = {0.3127, 0.3290};
constexpr Chromaticity illuminant_c = {0.310, 0.316};

struct NamedPrimaries {
  int code;
  std::string_view name;
  Primaries primaries;
};
// ITU-T H.273, table 2.
constexpr std::array<NamedPrimaries, 11> known_primaries = {{
    {1, "BT.709", bt709_primaries},
    {4, "BT.470 M", {{0.67, 0.33}, {0.21, 0.71}, {0.14, 0.08}, illuminant_c}},
    {5, "BT.601 PAL", {{0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}, d65}},
    {6, "BT.601 NTSC", {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, d65}},
    {7, "SMPTE 240", {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, d65}},
    {8, "film", {{0.681, 0.319}, {0.243, 0.692}, {0.145, 0.049}, illuminant_c}},
    {9, "BT.2020", {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, d65}},
    {10, "XYZ", {{1, 0}, {0, 1}, {0, 0}, {1.0 / 3, 1.0 / 3}}},
    {11, "DCI P3", {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.314, 0.351}}},
    {12, "Display P3", {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, d65}},
    {22, "EBU 3213", {{0.630, 0.340}, {0.295, 0.605}, {0.155, 0.077}, d65}},
}};

std::optional<ToneCurve> curve_of(int transfer, VideoCurve video) {
  switch (transfer) {
    case 1:
    case 6:
    case 11:
    case 12:
    case 14:
    case 15:
      return video == VideoCurve::srgb ? srgb_curve : pure(2.4);
    case 2:
    case 13:
      return srgb_curve;
    case 4:
      return pure(2.2);
    case 5:
      return pure(2.8);
    case 7:
      return smpte240;
    case 8:
      return pure(1);
    default:
      return std::nullopt;
  }
}

Vector product(const Matrix& m, const Vector& v) {
  Vector out{};
  for (std::size_t i = 0; i < 3; ++i) out[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
  return out;
}

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix out{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      out[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
    }
  }
  return out;
}

std::optional<Matrix> inverse(const Matrix& m) {
  const auto minor = [&](std::size_t row, std::size_t column) {
    const std::size_t r0 = (row + 1) % 3;
    const std::size_t r1 = (row + 2) % 3;
    const std::size_t c0 = (column + 1) % 3;
    const std::size_t c1 = (column + 2) % 3;
    return m[r0][c0] * m[r1][c1] - m[r0][c1] * m[r1][c0];
  };
  const double determinant = m[0][0] * minor(0, 0) + m[0][1] * minor(0, 1) + m[0][2] * minor(0, 2);
  if (!(std::abs(determinant) > 1e-6)) return std::nullopt;
  Matrix out{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) out[i][j] = minor(j, i) / determinant;
  }
  return out;
}

Vector xyz(const Chromaticity& c) { return {c.x, c.y, 1 - c.x - c.y}; }

// The chromatic adaptation from `white` (Y = 1) to D50, as ICC requires.
std::optional<Matrix> adaptation(const Vector& white) {
  const Vector from = product(bradford, white);
  const Vector to = product(bradford, d50);
  Matrix cones{};
  for (std::size_t i = 0; i < 3; ++i) {
    if (!(from[i] > 1e-6)) return std::nullopt;
    cones[i][i] = to[i] / from[i];
  }
  const auto back = inverse(bradford);
  return back ? std::optional(product(*back, product(cones, bradford))) : std::nullopt;
}

/// Writes ICC's big-endian numbers and tags.
class IccWriter {
 public:
  void text(std::string_view characters) {
    for (const char c : characters) bytes_.push_back(static_cast<std::byte>(c));
  }
  void u16(std::uint32_t value) { number(value, 2); }
  void u32(std::uint32_t value) { number(value, 4); }
  void fixed(double value) {  // s15Fixed16Number
    u32(static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(value * 65536))));
  }
  void zeros(std::size_t count) { bytes_.resize(bytes_.size() + count); }
  void append(const std::vector<std::byte>& bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  void number(std::uint32_t value, int size) {
    for (int i = size - 1; i >= 0; --i) {
      bytes_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
    }
  }
  std::vector<std::byte> bytes_;
};

std::vector<std::byte> text_tag(std::string_view text) {
  IccWriter tag;
  tag.text("mluc");
  tag.zeros(4);
  tag.u32(1);   // languages
  tag.u32(12);  // bytes per record
  tag.text("enUS");
  tag.u32(static_cast<std::uint32_t>(2 * text.size()));
  tag.u32(28);  // offset of the text
  for (const char c : text) tag.u16(static_cast<unsigned char>(c));
  return tag.bytes();
}

std::vector<std::byte> xyz_tag(const Vector& v) {
  IccWriter tag;
  tag.text("XYZ ");
  tag.zeros(4);
  for (const double value : v) tag.fixed(value);
  return tag.bytes();
}

std::vector<std::byte> curve_tag(const ToneCurve& curve) {
  IccWriter tag;
  tag.text("para");
  tag.zeros(4);
  const bool plain = curve.linear_below <= 0 && curve.scale == 1 && curve.offset == 0;
  tag.u16(plain ? 0 : 3);
  tag.zeros(2);
  tag.fixed(curve.gamma);
  if (!plain) {
    for (const double value : {curve.scale, curve.offset, curve.slope, curve.linear_below}) {
      tag.fixed(value);
    }
  }
  return tag.bytes();
}

std::vector<std::byte> matrix_tag(const Matrix& m) {
  IccWriter tag;
  tag.text("sf32");
  tag.zeros(4);
  for (const Vector& row : m) {
    for (const double value : row) tag.fixed(value);
  }
  return tag.bytes();
}

struct Tag {
  std::string_view name;
  std::vector<std::byte> bytes;
};

Buffer profile_with(std::string_view space, std::vector<Tag> tags) {
  constexpr std::size_t header_size = 128;
  const std::size_t first = header_size + 4 + 12 * tags.size();
  IccWriter table;
  IccWriter data;
  const Tag* before = nullptr;
  std::size_t at = first;
  std::size_t next = first;
  for (const Tag& tag : tags) {
    // Equal neighbours (the curves) share their bytes.
    if (before == nullptr || before->bytes != tag.bytes) {
      at = next;
      data.append(tag.bytes);
      data.zeros((4 - tag.bytes.size() % 4) % 4);
      next = first + data.bytes().size();
    }
    table.text(tag.name);
    table.u32(static_cast<std::uint32_t>(at));
    table.u32(static_cast<std::uint32_t>(tag.bytes.size()));
    before = &tag;
  }
  IccWriter out;
  out.u32(static_cast<std::uint32_t>(next));
  out.zeros(4);
  out.u32(0x04400000);  // version 4.4
  out.text("mntr");
  out.text(space);
  out.text("XYZ ");
  for (const std::uint32_t part : {2024U, 1U, 1U, 0U, 0U, 0U}) out.u16(part);  // a fixed date
  out.text("acsp");
  out.zeros(28);  // platform, flags, device, attributes, intent: unspecified
  for (const double value : d50) out.fixed(value);
  out.zeros(header_size - out.bytes().size());
  out.u32(static_cast<std::uint32_t>(tags.size()));
  out.append(table.bytes());
  out.append(data.bytes());
  return Buffer::copy_of(ByteView(out.bytes()));
}

constexpr std::string_view free_to_use = "Public domain";

}  // namespace

double ToneCurve::light(double v) const {
  return v < linear_below ? slope * v : std::pow(std::max(scale * v + offset, 0.0), gamma);
}

std::optional<RgbSpace> space_of(const Cicp& cicp, VideoCurve video) {
  const std::optional<ToneCurve> curve = curve_of(cicp.transfer, video);
  const int code = cicp.primaries == 2 ? 1 : cicp.primaries;
  const auto found = std::ranges::find(known_primaries, code, &NamedPrimaries::code);
  if (!curve || found == known_primaries.end()) return std::nullopt;
  return RgbSpace{found->primaries, *curve,
                  fmt::format("{} (CICP {}/{})", found->name, cicp.primaries, cicp.transfer)};
}

RgbSpace adobe_rgb() {
  return {{{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}, d65},
          pure(563.0 / 256),
          "Compatible with Adobe RGB (1998)"};
}

Buffer rgb_profile(const RgbSpace& space) {
  const Primaries& p = space.primaries;
  if (!(p.white.y > 1e-6)) return {};
  Vector white = xyz(p.white);
  for (double& value : white) value /= p.white.y;
  const Vector red = xyz(p.red);
  const Vector green = xyz(p.green);
  const Vector blue = xyz(p.blue);
  Matrix light{};  // of red, green and blue, one per column
  for (std::size_t i = 0; i < 3; ++i) light[i] = {red[i], green[i], blue[i]};
  const auto unmixed = inverse(light);
  const auto adapted = adaptation(white);
  if (!unmixed || !adapted) return {};
  const Vector amounts = product(*unmixed, white);
  for (Vector& row : light) {
    for (std::size_t i = 0; i < 3; ++i) row[i] *= amounts[i];
  }
  const Matrix shown = product(*adapted, light);
  constexpr double most = 8;  // far beyond any real value relative to white
  for (const Vector& row : shown) {
    if (std::ranges::any_of(row, [](double v) { return !(std::abs(v) < most); })) return {};
  }
  if (std::ranges::any_of(amounts, [](double v) { return !(v > 0); })) return {};
  const auto column = [&](std::size_t i) { return Vector{shown[0][i], shown[1][i], shown[2][i]}; };
  const std::vector<std::byte> curve = curve_tag(space.curve);
  return profile_with("RGB ", {{"desc", text_tag(space.name)},
                               {"cprt", text_tag(free_to_use)},
                               {"wtpt", xyz_tag(d50)},
                               {"chad", matrix_tag(*adapted)},
                               {"rXYZ", xyz_tag(column(0))},
                               {"gXYZ", xyz_tag(column(1))},
                               {"bXYZ", xyz_tag(column(2))},
                               {"rTRC", curve},
                               {"gTRC", curve},
                               {"bTRC", curve}});
}

Buffer grey_profile(const RgbSpace& space) {
  return profile_with("GRAY", {{"desc", text_tag(space.name)},
                               {"cprt", text_tag(free_to_use)},
                               {"wtpt", xyz_tag(d50)},
                               {"kTRC", curve_tag(space.curve)}});
}

}  // namespace imgmill
