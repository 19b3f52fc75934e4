// Deflate for data like filtered rows of pixels: smaller than libdeflate's best and Zopfli's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "png/content.h"

namespace imgmill::png {

/// How long to look. The time goes with `chain` and with `passes` times the starts.
struct Squeeze {
  unsigned chain = 16;  ///< earlier places that are looked at for each byte, at most
  unsigned nice = 128;  ///< 3..258: a match this long is taken without looking further
  unsigned passes = 2;  ///< parses of each block at most, each with the costs of the one before
  /// What a match is expected to cost in the first parse beyond its extra bits, bits. A parse
  /// settles near its start: noise wants matches to be dear in the beginning, drawings cheap.
  /// `both`: each block is parsed from each of the two starts. `better`: a piece of each half
  /// MiB tells which of the two suits that half MiB; a third of the time.
  enum Starts : unsigned { dear = 1, cheap = 2, both = 3, better = 4 };
  Starts starts = dear;
  bool split_again = false;  ///< find the blocks anew, once it is known how they are parsed
  /// Chains are cheaper where matches are short (noise), trees where they are long (drawings).
  enum Finder { chains, trees };
  Finder finder = chains;
  /// A block is parsed no more once that saves less than one part in so many; 0: all `passes` are
  /// made.
  unsigned little = 0;
};

/// A zlib stream of `content`. The parse is the shortest path under the costs of the parse before
/// (as in Zopfli); blocks are split where that is cheapest by their entropies, by dynamic
/// programming. `lanes` threads share the work, half a MiB each at a time and some 20 MiB of
/// memory for it; the bytes do not depend on their number. Thread-safe, throws std::bad_alloc.
[[nodiscard]] std::vector<std::uint8_t> squeezed(const Content& content, const Squeeze& how,
                                                 int lanes = 1);

/// The same of bytes in memory.
[[nodiscard]] std::vector<std::uint8_t> squeezed(std::span<const std::uint8_t> data,
                                                 const Squeeze& how, int lanes = 1);

}  // namespace imgmill::png
