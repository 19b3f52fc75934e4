// Ensures that no two tasks write the same output.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace imgmill {

/// A set of output names that does not store them: 12 to 24 bytes per output. Names that differ
/// only in case count as equal (fold_case), since many file systems treat them so. Not thread-safe.
class OutputClaims {
 public:
  /// A handle by which the caller finds the owner of a claim again.
  using Owner = std::uint32_t;

  /// Claims the output with this folded name. `same(owner)` must return true if the earlier owner's
  /// folded output name really is the same; it is called only if hashes collide. Returns the
  /// earlier owner, if any.
  template <typename Same>
  std::optional<Owner> claim(std::string_view folded_output, Owner owner, Same same) {
    const std::uint64_t hash = hash_of(folded_output);
    if ((count_ + 1) * 4 > hashes_.size() * 3) grow();
    std::size_t slot = hash & (hashes_.size() - 1);
    for (; hashes_[slot] != 0; slot = (slot + 1) & (hashes_.size() - 1)) {
      if (hashes_[slot] == hash && same(owners_[slot])) return owners_[slot];
    }
    hashes_[slot] = hash;
    owners_[slot] = owner;
    ++count_;
    return std::nullopt;
  }

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] std::size_t bytes() const {
    return hashes_.capacity() * sizeof(std::uint64_t) + owners_.capacity() * sizeof(Owner);
  }

 private:
  static std::uint64_t hash_of(std::string_view text);  ///< never 0
  void grow();

  std::vector<std::uint64_t> hashes_;  ///< open addressing; 0: free
  std::vector<Owner> owners_;
  std::size_t count_ = 0;
};

}  // namespace imgmill
