#include "png/palette_order.h"

#include <algorithm>
#include <deque>
#include <numeric>

namespace imgmill::png {
namespace {

using Indices = std::vector<std::uint8_t>;

Indices unpacked(const Raster& raster) {
  if (raster.bits == 8) return raster.rows;
  Indices indices;
  indices.reserve(raster.pixels());
  const auto bits = static_cast<std::size_t>(raster.bits);
  const std::size_t stride = raster.stride();
  for (std::uint32_t y = 0; y < raster.height; ++y) {
    const std::uint8_t* row = raster.rows.data() + y * stride;
    for (std::size_t at = 0; at < raster.width * bits; at += bits) {
      indices.push_back(
          static_cast<std::uint8_t>(row[at / 8] >> (8 - bits - at % 8) & ((1U << bits) - 1)));
    }
  }
  return indices;
}

double luminance(const Entry& entry) {
  return 0.2126 * entry[0] + 0.7152 * entry[1] + 0.0722 * entry[2];
}

// How often two colours touch, horizontally or vertically.
std::vector<std::uint32_t> contacts(const Indices& indices, const Raster& raster) {
  const std::size_t colours = raster.palette.size();
  std::vector<std::uint32_t> count(colours * colours);
  const auto touch = [&](std::uint8_t a, std::uint8_t b) {
    if (a != b) {
      ++count[a * colours + b];
      ++count[b * colours + a];
    }
  };
  for (std::size_t y = 0, i = 0; y < raster.height; ++y) {
    for (std::size_t x = 0; x < raster.width; ++x, ++i) {
      if (x > 0) touch(indices[i], indices[i - 1]);
      if (y > 0) touch(indices[i], indices[i - raster.width]);
    }
  }
  return count;
}

std::vector<std::size_t> by_adjacency(const Indices& indices, const Raster& raster) {
  const std::size_t colours = raster.palette.size();
  const std::vector<std::uint32_t> count = contacts(indices, raster);
  const auto weight = [&](std::size_t a, std::size_t b) {
    return static_cast<double>(count[a * colours + b]);
  };
  std::vector<double> to_chain(colours);  // contacts with all placed colours
  std::vector<bool> placed(colours);
  std::deque<std::size_t> chain;
  const auto place = [&](std::size_t colour, bool front) {
    placed[colour] = true;
    if (front) {
      chain.push_front(colour);
    } else {
      chain.push_back(colour);
    }
    for (std::size_t other = 0; other < colours; ++other) to_chain[other] += weight(other, colour);
  };

  std::size_t first = 0;
  double most = -1;
  for (std::size_t colour = 0; colour < colours; ++colour) {
    double sum = 0;
    for (std::size_t other = 0; other < colours; ++other) sum += weight(colour, other);
    if (sum > most) {
      most = sum;
      first = colour;
    }
  }
  place(first, false);
  while (chain.size() < colours) {
    std::size_t next = colours;
    for (std::size_t colour = 0; colour < colours; ++colour) {
      if (!placed[colour] && (next == colours || to_chain[colour] > to_chain[next])) next = colour;
    }
    // Which end is nearer to the colours that it touches.
    double front = 0;
    double back = 0;
    for (std::size_t i = 0; i < chain.size(); ++i) {
      const double touching = weight(next, chain[i]);
      front += touching / static_cast<double>(i + 1);
      back += touching / static_cast<double>(chain.size() - i);
    }
    place(next, front > back);
  }
  return {chain.begin(), chain.end()};
}

std::vector<std::size_t> in_order(const Indices& indices, const Raster& raster,
                                  PaletteOrder order) {
  const std::size_t colours = raster.palette.size();
  std::vector<std::size_t> sequence(colours);
  std::iota(sequence.begin(), sequence.end(), std::size_t{0});
  switch (order) {
    case PaletteOrder::appearance: {
      std::vector<std::size_t> first(colours, indices.size());
      for (std::size_t i = indices.size(); i-- > 0;) first[indices[i]] = i;
      std::ranges::stable_sort(sequence, {}, [&](std::size_t i) { return first[i]; });
      break;
    }
    case PaletteOrder::luminance:
      std::ranges::stable_sort(sequence, {},
                               [&](std::size_t i) { return luminance(raster.palette[i]); });
      break;
    case PaletteOrder::frequency: {
      std::vector<std::size_t> count(colours);
      for (const std::uint8_t index : indices) ++count[index];
      std::ranges::stable_sort(sequence, std::ranges::greater{},
                               [&](std::size_t i) { return count[i]; });
      break;
    }
    case PaletteOrder::adjacency:
      sequence = by_adjacency(indices, raster);
      break;
  }
  std::ranges::stable_partition(sequence,
                                [&](std::size_t i) { return raster.palette[i][3] != 255; });
  return sequence;
}

}  // namespace

Raster reordered(const Raster& raster, PaletteOrder order) {
  const std::vector<std::size_t> sequence = in_order(unpacked(raster), raster, order);
  Raster out = raster;
  std::array<std::uint8_t, 256> now{};
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    out.palette[i] = raster.palette[sequence[i]];
    now[sequence[i]] = static_cast<std::uint8_t>(i);
  }
  // A byte holds several indices; its replacement does not depend on its position.
  std::array<std::uint8_t, 256> byte{};
  const auto bits = static_cast<unsigned>(raster.bits);
  for (unsigned value = 0; value < 256; ++value) {
    unsigned packed = 0;
    for (unsigned shift = 0; shift < 8; shift += bits) {
      packed |= unsigned{now[value >> shift & ((1U << bits) - 1)]} << shift;
    }
    byte[value] = static_cast<std::uint8_t>(packed);
  }
  for (std::uint8_t& value : out.rows) value = byte[value];
  // The padding after a row was 0 and must be 0 again.
  const std::size_t used = raster.width * bits % 8;
  if (used != 0) {
    const std::size_t stride = raster.stride();
    for (std::size_t end = stride; end <= out.rows.size(); end += stride) {
      out.rows[end - 1] &= static_cast<std::uint8_t>(0xFF00U >> used);
    }
  }
  return out;
}

}  // namespace imgmill::png
