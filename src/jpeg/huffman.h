// Huffman codes as JPEG files use them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace imgmill::jpeg {

/// How often each symbol occurs.
using Histogram = std::array<std::uint32_t, 256>;

/// A code of at most 16 bits a symbol, none of them all ones.
struct HuffmanCode {
  std::array<std::uint16_t, 256> codes{};
  std::array<std::uint8_t, 256> lengths{};  ///< bits; 0: the symbol has no code
  std::array<std::uint8_t, 17> counts{};    ///< of codes of each length
  std::vector<std::uint8_t> symbols;        ///< by code

  /// Bits that all symbols of `histogram` take together.
  [[nodiscard]] std::uint64_t cost(const Histogram& histogram) const;
  /// Bytes of the code's definition in a DHT segment.
  [[nodiscard]] std::size_t definition_size() const { return 17 + symbols.size(); }
};

/// The best code for `histogram` by the procedure of T.81, K.2. An empty histogram gets a
/// code of one symbol, since decoders want a table where a scan names one.
[[nodiscard]] HuffmanCode best_code(const Histogram& histogram);

}  // namespace imgmill::jpeg
