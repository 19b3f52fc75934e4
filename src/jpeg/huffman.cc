#include "jpeg/huffman.h"

#include <algorithm>
#include <queue>
#include <utility>

namespace imgmill::jpeg {
namespace {

constexpr std::size_t longest = 16;

// One extra symbol, the rarest of all: it takes the all-ones code, which T.81 forbids.
constexpr std::size_t reserved = 256;
constexpr std::size_t all_symbols = 257;

// Code lengths without a limit; 0 for symbols that do not occur.
std::array<int, all_symbols> depths(const Histogram& histogram) {
  struct Node {
    std::uint64_t weight;
    int order;  // among equals, later nodes first, as in K.2: keeps the tree shallow
    int index;
    bool operator>(const Node& other) const {
      return std::pair(weight, -order) > std::pair(other.weight, -other.order);
    }
  };
  std::priority_queue<Node, std::vector<Node>, std::greater<>> heap;
  std::vector<int> parents(2 * all_symbols, -1);
  for (std::size_t i = 0; i < histogram.size(); ++i) {
    if (histogram[i] > 0) heap.push({histogram[i], static_cast<int>(i), static_cast<int>(i)});
  }
  heap.push({1, static_cast<int>(reserved), static_cast<int>(reserved)});
  int next = static_cast<int>(all_symbols);
  while (heap.size() > 1) {
    const Node a = heap.top();
    heap.pop();
    const Node b = heap.top();
    heap.pop();
    parents[static_cast<std::size_t>(a.index)] = next;
    parents[static_cast<std::size_t>(b.index)] = next;
    heap.push({a.weight + b.weight, std::max(a.order, b.order), next});
    ++next;
  }
  std::array<int, all_symbols> result{};
  for (std::size_t i = 0; i < all_symbols; ++i) {
    for (int node = parents[i]; node >= 0; node = parents[static_cast<std::size_t>(node)]) {
      ++result[i];
    }
  }
  return result;
}

}  // namespace

std::uint64_t HuffmanCode::cost(const Histogram& histogram) const {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < histogram.size(); ++i) {
    bits += std::uint64_t{histogram[i]} * lengths[i];
  }
  return bits;
}

HuffmanCode best_code(const Histogram& histogram) {
  if (std::ranges::all_of(histogram, [](std::uint32_t count) { return count == 0; })) {
    Histogram one{};
    one[0] = 1;
    return best_code(one);
  }
  const std::array<int, all_symbols> depth = depths(histogram);
  std::array<int, all_symbols + 1> counts{};
  for (const int bits : depth) {
    if (bits > 0) ++counts[static_cast<std::size_t>(bits)];
  }
  // K.2, "Adjust_BITS": pairs of codes that are too long are shortened; one of them goes where a
  // shorter code is split in two.
  for (std::size_t bits = counts.size() - 1; bits > longest; --bits) {
    while (counts[bits] > 0) {
      std::size_t shorter = bits - 2;
      while (counts[shorter] == 0) --shorter;
      counts[bits] -= 2;
      ++counts[bits - 1];
      counts[shorter + 1] += 2;
      --counts[shorter];
    }
  }
  // The reserved symbol has one of the longest codes.
  std::size_t last = longest;
  while (counts[last] == 0) --last;
  --counts[last];

  HuffmanCode code;
  std::vector<int> order;
  for (std::size_t i = 0; i < histogram.size(); ++i) {
    if (histogram[i] > 0) order.push_back(static_cast<int>(i));
  }
  std::ranges::stable_sort(order, {},
                           [&](int symbol) { return depth[static_cast<std::size_t>(symbol)]; });
  std::uint32_t value = 0;
  std::size_t next = 0;
  for (std::size_t bits = 1; bits <= longest; ++bits) {
    code.counts[bits] = static_cast<std::uint8_t>(counts[bits]);
    for (int i = 0; i < counts[bits]; ++i) {
      const auto symbol = static_cast<std::size_t>(order[next++]);
      code.symbols.push_back(static_cast<std::uint8_t>(symbol));
      code.codes[symbol] = static_cast<std::uint16_t>(value++);
      code.lengths[symbol] = static_cast<std::uint8_t>(bits);
    }
    value <<= 1;
  }
  return code;
}

}  // namespace imgmill::jpeg
