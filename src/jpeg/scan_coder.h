// Counts the symbols and writes the bits of one scan of a JPEG file.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "jpeg/bit_writer.h"
#include "jpeg/huffman.h"
#include "jpeg/planes.h"
#include "jpeg/significance.h"

namespace imgmill::jpeg {

/// The contents of a scan (T.81, B.2.3 and G.1.1.1).
struct Scan {
  std::vector<int> planes;  ///< several only if `first` is 0
  int first = 0;            ///< first coefficient in zigzag order
  int last = 63;            ///< last coefficient
  int high = 0;             ///< the previous scan's point transform; 0: first scan
  int low = 0;              ///< this scan's point transform

  friend bool operator==(const Scan&, const Scan&) = default;
};

/// A picture with the data for its entropy coder. Refers to the picture.
struct CodedPicture {
  explicit CodedPicture(const Picture& source);

  const Picture& picture;
  std::vector<std::vector<Significance>> marks;  ///< per plane
  std::vector<std::vector<std::int16_t>> dc;     ///< DC levels of the blocks of each plane
  std::uint32_t mcus_wide = 0;
  std::uint32_t mcus_high = 0;
  /// Which of the two codes per coefficient class a plane uses in scans of several planes: luma and
  /// chroma use different ones.
  std::vector<std::uint8_t> code_of;
};

/// The symbol counts of a scan, for each of the two codes.
struct ScanHistograms {
  std::array<Histogram, 2> dc{};
  std::array<Histogram, 2> ac{};
  std::uint64_t extra_bits = 0;  ///< bits that are not part of a Huffman code
};

/// Counts one block row in `every`, for an estimate; to write the scan, `every` must be 1.
[[nodiscard]] ScanHistograms count_scan(const CodedPicture& coded, const Scan& scan,
                                        bool progressive, std::uint32_t every = 1);

/// The Huffman codes of a scan.
struct ScanCodes {
  std::array<HuffmanCode, 2> dc;
  std::array<HuffmanCode, 2> ac;
};

void write_scan(const CodedPicture& coded, const Scan& scan, bool progressive,
                const ScanCodes& codes, BitWriter& out);

}  // namespace imgmill::jpeg
