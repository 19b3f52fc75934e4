// Huffman codes for JPEG files.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace imgmill::jpeg {

/// The frequency of each symbol.
using Histogram = std::array<std::uint32_t, 256>;

/// A code of at most 16 bits per symbol, none of them all ones.
struct HuffmanCode {
  std::array<std::uint16_t, 256> codes{};
  std::array<std::uint8_t, 256> lengths{};  ///< bits; 0: the symbol has no code
  std::array<std::uint8_t, 17> counts{};    ///< number of codes of each length
  std::vector<std::uint8_t> symbols;        ///< in code order

  /// The total number of bits for all symbols of `histogram`.
  [[nodiscard]] std::uint64_t cost(const Histogram& histogram) const;
  /// The size of the code's definition in a DHT segment, in bytes.
  [[nodiscard]] std::size_t definition_size() const { return 17 + symbols.size(); }
};

/// The optimal code for `histogram` by the procedure of T.81, K.2. An empty histogram gets a code
/// of one symbol, since decoders expect a table if a scan refers to one.
[[nodiscard]] HuffmanCode best_code(const Histogram& histogram);

}  // namespace imgmill::jpeg
