// Deflate encoder for filtered rows and similar data: smaller output than libdeflate and Zopfli.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "png/content.h"

namespace imgmill::png {

/// Search effort. The time grows with `chain`, and with `passes` times the number of starts.
struct DeflateParams {
  unsigned chain = 16;  ///< maximum number of earlier positions examined per byte
  unsigned nice = 128;  ///< 3..258: a match this long ends the search
  unsigned passes = 2;  ///< maximum number of parses per block, each with the costs of the previous
                        ///< one
  /// Cost in bits that the first parse assumes for a match beyond its extra bits. A parse converges
  /// close to its start: noise needs an expensive start, drawings a cheap one. `both`: each block
  /// is parsed from both starts. `better`: a sample of each half MiB decides which start suits that
  /// half MiB; this takes a third of the time.
  enum Starts : unsigned { dear = 1, cheap = 2, both = 3, better = 4 };
  Starts starts = dear;
  bool split_again = false;  ///< choose the block borders again after the first parse
  /// Chains are faster where matches are short (noise), trees where they are long (drawings).
  enum Finder { chains, trees };
  Finder finder = chains;
  /// A block is not parsed again once a pass saves less than 1/`little` of it; 0: no such limit.
  unsigned little = 0;
};

/// Compresses `content` to a zlib stream. Each parse is the shortest path under the costs of the
/// previous one (as in Zopfli). Blocks are split where their entropies make it cheapest, by dynamic
/// programming. `thread_count` threads share the work; each takes half a MiB at a time and some 20
/// MiB of memory. The result does not depend on their number. Thread-safe. Throws std::bad_alloc.
[[nodiscard]] std::vector<std::uint8_t> optimal_deflate(const Content& content,
                                                        const DeflateParams& how,
                                                        int thread_count = 1);

/// The same for bytes in memory.
[[nodiscard]] std::vector<std::uint8_t> optimal_deflate(std::span<const std::uint8_t> data,
                                                        const DeflateParams& how,
                                                        int thread_count = 1);

}  // namespace imgmill::png
