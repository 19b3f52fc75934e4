#include "transform/icc_tags.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace imgmill {
namespace {

constexpr std::size_t header_size = 128;
constexpr std::size_t entry_size = 12;
constexpr std::size_t most_tags = 200;

double fixed_at(ByteView bytes, std::size_t at) {  // s15Fixed16Number
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(icc_uint32(bytes, at))) / 65536.0;
}

}  // namespace

unsigned icc_uint16(ByteView bytes, std::size_t at) {
  return std::to_integer<unsigned>(bytes[at]) << 8 | std::to_integer<unsigned>(bytes[at + 1]);
}

std::size_t icc_uint32(ByteView bytes, std::size_t at) {
  return std::size_t{icc_uint16(bytes, at)} << 16 | icc_uint16(bytes, at + 2);
}

std::optional<IccTags> IccTags::read(ByteView profile) {
  if (profile.size() < header_size + 4 || as_text(profile.subspan(36, 4)) != "acsp") return {};
  return IccTags(profile);
}

ByteView IccTags::operator[](std::string_view name) const {
  const std::size_t room = (profile_.size() - header_size - 4) / entry_size;
  const std::size_t count = std::min({icc_uint32(profile_, header_size), room, most_tags});
  for (std::size_t i = 0; i < count; ++i) {
    const ByteView entry = profile_.subspan(header_size + 4 + i * entry_size, entry_size);
    if (as_text(entry.first(4)) != name) continue;
    const std::size_t from = icc_uint32(entry, 4);
    const std::size_t size = icc_uint32(entry, 8);
    if (from > profile_.size() || size > profile_.size() - from) return {};
    return profile_.subspan(from, size);
  }
  return {};
}

std::optional<std::array<double, 3>> icc_xyz(ByteView tag) {
  if (tag.size() < 20 || as_text(tag.first(4)) != "XYZ ") return std::nullopt;
  return std::array{fixed_at(tag, 8), fixed_at(tag, 12), fixed_at(tag, 16)};
}

std::optional<IccCurve> IccCurve::read(ByteView tag) {
  if (tag.size() < 12) return std::nullopt;
  const std::string_view type = as_text(tag.first(4));
  IccCurve curve;
  if (type == "curv") {
    const std::size_t count = icc_uint32(tag, 8);
    if (count > (tag.size() - 12) / 2) return std::nullopt;
    if (count > 1) {
      curve.samples_ = tag.subspan(12, 2 * count);
    } else {
      curve.numbers_[0] = count == 0 ? 1 : icc_uint16(tag, 12) / 256.0;  // u8Fixed8Number
    }
    return curve;
  }
  // Number of parameters of each formula (ICC.1:2022, 10.18).
  constexpr std::array<std::size_t, 5> counts = {1, 3, 4, 5, 7};
  if (type != "para") return std::nullopt;
  curve.formula_ = icc_uint16(tag, 8);
  if (curve.formula_ >= counts.size()) return std::nullopt;
  if (tag.size() < 12 + 4 * counts[curve.formula_]) return std::nullopt;
  for (std::size_t i = 0; i < counts[curve.formula_]; ++i) {
    curve.numbers_[i] = fixed_at(tag, 12 + 4 * i);
  }
  return curve;
}

double IccCurve::operator()(double v) const {
  if (!samples_.empty()) {
    // Samples are evenly spaced from 0 to 1, with linear interpolation.
    const std::size_t last = samples_.size() / 2 - 1;
    const double place = v * static_cast<double>(last);
    const std::size_t left = std::min(static_cast<std::size_t>(place), last - 1);
    return std::lerp(static_cast<double>(icc_uint16(samples_, 2 * left)),
                     static_cast<double>(icc_uint16(samples_, 2 * left + 2)),
                     place - static_cast<double>(left)) /
           65535;
  }
  const auto [g, a, b, c, d, e, f] = numbers_;
  const double base = a * v + b;
  const auto power = [base, gamma = g] { return std::pow(std::max(base, 0.0), gamma); };
  switch (formula_) {
    case 0:
      return std::pow(v, g);
    case 1:
      return base >= 0 ? power() : 0;
    case 2:
      return (base >= 0 ? power() : 0) + c;
    case 3:
      return v >= d ? power() : c * v;
    default:
      return v >= d ? power() + e : c * v + f;
  }
}

}  // namespace imgmill
