#include "jpeg/scan_script.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <tuple>

namespace imgmill::jpeg {
namespace {

// Where to split a plane's coefficients into a low and a high band: the positions that mozjpeg
// tries (its jcparam.c), without those that hardly ever win.
constexpr std::array<int, 5> cuts = {2, 5, 8, 12, 18};

// A sample of this many blocks is enough to estimate the costs of a plane's scans.
constexpr std::size_t sample_blocks = 800;
// Pictures with fewer blocks may be smaller as one sequential scan: ten scans need ten headers and
// ten codes.
constexpr std::size_t small_picture = 8192;

bool used(const Histogram& histogram) {
  return std::ranges::any_of(histogram, [](std::uint32_t count) { return count > 0; });
}

// The cost of each scan in bits, computed once.
class Costs {
 public:
  Costs(const CodedPicture& coded, bool progressive, std::uint32_t every)
      : coded_(coded), progressive_(progressive), every_(every) {}

  double of(const Scan& scan) {
    const Key key{scan.planes, scan.first, scan.last, scan.high, scan.low};
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    const ScanHistograms counts = count_scan(coded_, scan, progressive_, every_);
    const ScanCodes codes = codes_for(counts);
    std::uint64_t bits = counts.extra_bits;
    for (std::size_t i = 0; i < 2; ++i) {
      bits += codes.dc[i].cost(counts.dc[i]) + codes.ac[i].cost(counts.ac[i]);
    }
    const double cost = static_cast<double>(bits) * every_ +
                        8.0 * static_cast<double>(header_size(scan, counts, codes));
    known_.emplace(key, cost);
    return cost;
  }

 private:
  using Key = std::tuple<std::vector<int>, int, int, int, int>;
  const CodedPicture& coded_;
  bool progressive_;
  std::uint32_t every_;
  std::map<Key, double> known_;
};

struct Plan {
  std::vector<Scan> scans;
  double cost = 0;
};

Plan plan(Costs& costs, std::vector<Scan> scans) {
  Plan result{.scans = std::move(scans)};
  for (const Scan& scan : result.scans) result.cost += costs.of(scan);
  return result;
}

void rival(Plan& best, Plan other) {
  if (best.scans.empty() || other.cost < best.cost) best = std::move(other);
}

// Adds refinement scans for the low bits of the coefficients from `first` on.
void refine(std::vector<Scan>& scans, int plane, int first, int low) {
  for (int high = low; high > 0; --high) scans.push_back({{plane}, first, 63, high, high - 1});
}

Plan one_band(Costs& costs, int plane, int low) {
  std::vector<Scan> scans = {{{plane}, 1, 63, 0, low}};
  refine(scans, plane, 1, low);
  return plan(costs, std::move(scans));
}

// Tries all positions for splitting the plane's coefficients in two.
void try_cuts(Costs& costs, int plane, int low, Plan& best) {
  for (const int cut : cuts) {
    std::vector<Scan> both = {{{plane}, 1, cut, 0, low}, {{plane}, cut + 1, 63, 0, low}};
    refine(both, plane, 1, low);
    rival(best, plan(costs, std::move(both)));
    if (low == 0) continue;
    // The low band, which is visible first, without refinement.
    std::vector<Scan> low_whole = {{{plane}, 1, cut, 0, 0}, {{plane}, cut + 1, 63, 0, low}};
    refine(low_whole, plane, cut + 1, low);
    rival(best, plan(costs, std::move(low_whole)));
  }
}

Plan best_bands(Costs& costs, int plane, ScanSearch search) {
  Plan best;
  int best_low = 0;
  for (int low = 0; low < point_transforms; ++low) {
    const double before = best.cost;
    rival(best, one_band(costs, plane, low));
    if (best.cost != before) best_low = low;
  }
  for (int low = 0; low < point_transforms; ++low) {
    if (search == ScanSearch::whole || low == best_low) try_cuts(costs, plane, low, best);
  }
  return best;
}

Plan best_dc(Costs& costs, const std::vector<int>& planes) {
  Plan best = plan(costs, {{planes, 0, 0, 0, 0}});
  rival(best, plan(costs, {{planes, 0, 0, 0, 1}, {planes, 0, 0, 1, 0}}));
  return best;
}

// The same as jpeg_simple_progression() of libjpeg, and thus jpegtran.
std::vector<Scan> usual_scans(const Picture& picture,
                              const std::vector<std::vector<int>>& together) {
  std::vector<Scan> scans;
  for (const std::vector<int>& group : together) {
    scans.push_back({group, 0, 0, 0, 1});
    scans.push_back({group, 0, 0, 1, 0});
  }
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    const auto plane = static_cast<int>(i);
    if (picture.is_chroma(i)) {
      scans.push_back({{plane}, 1, 63, 0, 1});
      refine(scans, plane, 1, 1);
    } else {
      scans.push_back({{plane}, 1, 5, 0, 2});
      scans.push_back({{plane}, 6, 63, 0, 2});
      refine(scans, plane, 1, 2);
    }
  }
  return scans;
}

// A scan of several planes may have at most ten blocks per MCU (T.81, B.2.3).
bool may_interleave(const std::vector<Plane>& planes) {
  int blocks = 0;
  for (const Plane& plane : planes) blocks += plane.across * plane.down;
  return blocks <= 10;
}

}  // namespace

ScanCodes codes_for(const ScanHistograms& counts) {
  ScanCodes codes;
  for (std::size_t i = 0; i < 2; ++i) {
    if (used(counts.dc[i])) codes.dc[i] = best_code(counts.dc[i]);
    if (used(counts.ac[i])) codes.ac[i] = best_code(counts.ac[i]);
  }
  return codes;
}

std::size_t header_size(const Scan& scan, const ScanHistograms& counts, const ScanCodes& codes) {
  std::size_t size = 8 + 2 * scan.planes.size();
  for (std::size_t i = 0; i < 2; ++i) {
    if (used(counts.dc[i])) size += 4 + codes.dc[i].definition_size();
    if (used(counts.ac[i])) size += 4 + codes.ac[i].definition_size();
  }
  return size;
}

Script best_script(const CodedPicture& coded, ScanSearch search) {
  const std::vector<Plane>& planes = coded.picture.planes;
  std::size_t blocks = 0;
  for (const Plane& plane : planes) blocks += plane.blocks();
  const bool small = blocks <= small_picture;
  const auto every_for = [&](const Plane& plane) {
    return search == ScanSearch::whole || (search == ScanSearch::guarded && small)
               ? 1U
               : static_cast<std::uint32_t>(plane.blocks() / sample_blocks + 1);
  };

  std::vector<std::vector<int>> together;
  std::vector<int> all;
  for (std::size_t i = 0; i < planes.size(); ++i) all.push_back(static_cast<int>(i));
  if (may_interleave(planes)) {
    together.push_back(all);
  } else {
    for (const int plane : all) together.push_back({plane});
  }

  Costs costs(coded, true, every_for(planes[0]));
  Plan progressive;
  for (const std::vector<int>& group : together) {
    Plan dc = best_dc(costs, group);
    progressive.cost += dc.cost;
    std::ranges::move(dc.scans, std::back_inserter(progressive.scans));
  }
  for (const int plane : all) {
    Costs own(coded, true, every_for(planes[static_cast<std::size_t>(plane)]));
    Plan bands = best_bands(own, plane, search);
    progressive.cost += bands.cost;
    std::ranges::move(bands.scans, std::back_inserter(progressive.scans));
  }
  if (search == ScanSearch::guarded) {
    Costs exact(coded, true, 1);
    progressive = plan(exact, std::move(progressive.scans));
    rival(progressive, plan(exact, usual_scans(coded.picture, together)));
  }
  // Coarse before fine, so that the whole picture appears early while loading.
  std::ranges::stable_sort(progressive.scans, {}, [](const Scan& scan) {
    if (scan.high > 0) return 1 + point_transforms - scan.high;
    return scan.first == 0 ? 0 : 1;
  });

  Script script{.progressive = true, .scans = std::move(progressive.scans)};
  if (small) {
    Costs plain(coded, false, every_for(planes[0]));
    std::vector<Scan> scans;
    for (const std::vector<int>& group : together) scans.push_back({group, 0, 63, 0, 0});
    const Plan sequential = plan(plain, std::move(scans));
    if (sequential.cost <= progressive.cost) {
      script = {.progressive = false, .scans = sequential.scans};
    }
  }
  return script;
}

}  // namespace imgmill::jpeg
