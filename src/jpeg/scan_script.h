// Chooses the scans of a progressive file.
#pragma once

#include <vector>

#include "jpeg/scan_coder.h"

namespace imgmill::jpeg {

/// The scans of a file in order.
struct Script {
  bool progressive = true;
  std::vector<Scan> scans;
};

/// How much of the picture is examined to choose scans.
enum class ScanSearch {
  sampled,  ///< a sample large enough to be accurate to some tenths of a percent
  guarded,  ///< as sampled, but the result is never larger than with libjpeg's usual scans
  whole,    ///< all of it
};

/// The cheapest script among those tried: for each plane's AC coefficients one or two bands, split
/// at several positions, with up to two bits left to refinement scans; DC with and without a
/// refinement of its last bit. For small pictures, sequential files are candidates as well.
[[nodiscard]] Script best_script(const CodedPicture& coded, ScanSearch search);

/// The size of the scan's header and code definitions in bytes.
[[nodiscard]] std::size_t header_size(const Scan& scan, const ScanHistograms& counts,
                                      const ScanCodes& codes);
[[nodiscard]] ScanCodes codes_for(const ScanHistograms& counts);

}  // namespace imgmill::jpeg
