// The pictures that an AVIF or HEIC file's main picture is put together from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imgmill/buffer.h"

namespace imgmill {

/// Where a file says which picture is its main one, and of which others that is made when it is no
/// coded picture itself: the tiles of a grid, of its alpha, layers (ISO/IEC 23008-12, 6.6.2).
class PictureParts {
 public:
  /// Looks into the boxes of `file`; what is not sound is as if it were not there. Thread-safe.
  [[nodiscard]] static PictureParts of(ByteView file);

  /// None: the main picture is a coded one, or nothing could be told.
  [[nodiscard]] std::size_t size() const { return parts_.size(); }

  /// Makes part `index` the main picture of `copy`, which is a copy of the file that `of` has seen.
  /// Nothing moves.
  void show(std::size_t index, std::span<std::byte> copy) const;

 private:
  struct Part {
    std::uint64_t item = 0;
    std::size_t hidden_at = 0;  ///< the byte whose lowest bit hides it
  };

  std::vector<Part> parts_;
  std::size_t primary_at_ = 0;  ///< of the main picture's number
  std::size_t primary_size_ = 0;
};

}  // namespace imgmill
