#include "batch/output_claims.h"

#include <xxhash.h>

#include <algorithm>

namespace imgmill {

std::uint64_t OutputClaims::hash_of(std::string_view text) {
  return std::max<std::uint64_t>(1, XXH3_64bits(text.data(), text.size()));
}

void OutputClaims::grow() {
  const std::size_t size = std::max<std::size_t>(64, hashes_.size() * 2);
  std::vector<std::uint64_t> hashes(size, 0);
  std::vector<Owner> owners(size, 0);
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    if (hashes_[i] == 0) continue;
    std::size_t slot = hashes_[i] & (size - 1);
    while (hashes[slot] != 0) slot = (slot + 1) & (size - 1);
    hashes[slot] = hashes_[i];
    owners[slot] = owners_[i];
  }
  hashes_ = std::move(hashes);
  owners_ = std::move(owners);
}

}  // namespace imgmill
