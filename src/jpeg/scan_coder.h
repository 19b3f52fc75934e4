// One scan of a JPEG file: its symbols counted, and its bits written.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "jpeg/bit_writer.h"
#include "jpeg/huffman.h"
#include "jpeg/planes.h"
#include "jpeg/significance.h"

namespace imgmill::jpeg {

/// What a scan holds (T.81, B.2.3 and G.1.1.1).
struct Scan {
  std::vector<int> planes;  ///< several only where `first` is 0
  int first = 0;            ///< coefficients in zigzag order, from ...
  int last = 63;            ///< ... to
  int high = 0;             ///< the point transform of the scan before it; 0: there is none
  int low = 0;              ///< its own point transform

  friend bool operator==(const Scan&, const Scan&) = default;
};

/// A picture with what its entropy coder needs. Refers to the picture.
struct CodedPicture {
  explicit CodedPicture(const Picture& source);

  const Picture& picture;
  std::vector<std::vector<Significance>> marks;  ///< of each plane
  std::vector<std::vector<std::int16_t>> dc;     ///< of each plane: its blocks' DC levels
  std::uint32_t mcus_wide = 0;
  std::uint32_t mcus_high = 0;
  /// Which of the two codes for each class of coefficients a plane uses in scans of
  /// several planes: luma and chroma differ.
  std::vector<std::uint8_t> code_of;
};

/// Symbols of a scan, of each of the two codes.
struct ScanHistograms {
  std::array<Histogram, 2> dc{};
  std::array<Histogram, 2> ac{};
  std::uint64_t extra_bits = 0;  ///< that no code stands for
};

/// Counts one block row in `every`, for an estimate; a scan that is to be written needs 1.
[[nodiscard]] ScanHistograms count_scan(const CodedPicture& coded, const Scan& scan,
                                        bool progressive, std::uint32_t every = 1);

/// The codes of a scan, as its histograms want them.
struct ScanCodes {
  std::array<HuffmanCode, 2> dc;
  std::array<HuffmanCode, 2> ac;
};

void write_scan(const CodedPicture& coded, const Scan& scan, bool progressive,
                const ScanCodes& codes, BitWriter& out);

}  // namespace imgmill::jpeg
