// Which scans a progressive file is cut into.
#pragma once

#include <vector>

#include "jpeg/scan_coder.h"

namespace imgmill::jpeg {

/// The scans that are written one after the other.
struct Script {
  bool progressive = true;
  std::vector<Scan> scans;
};

/// How much of the picture is looked at for choosing scans.
enum class ScanSearch {
  sampled,  ///< a part that is large enough to tell within some tenths of a percent
  whole,    ///< all of it: the result is never larger than with libjpeg's usual scans
};

/// The cheapest script among those tried: for each plane's AC coefficients two bands or one,
/// cut at several places, and up to two bits held back for later scans; DC with and
/// without its last bit. For small pictures sequential files compete.
[[nodiscard]] Script best_script(const CodedPicture& coded, ScanSearch search);

/// Bytes of the scan's header and code definitions.
[[nodiscard]] std::size_t header_size(const Scan& scan, const ScanHistograms& counts,
                                      const ScanCodes& codes);
[[nodiscard]] ScanCodes codes_for(const ScanHistograms& counts);

}  // namespace imgmill::jpeg
