// The pictures that make up the main picture of an AVIF or HEIC file.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imgmill/buffer.h"

namespace imgmill {

/// Locates the main picture and, if it is derived, its parts: the tiles of a grid or of its alpha,
/// layers (ISO/IEC 23008-12, 6.6.2).
class PictureParts {
 public:
  /// Parses the boxes of `file`; invalid ones are ignored. Thread-safe.
  [[nodiscard]] static PictureParts of(ByteView file);

  /// 0: the main picture is coded directly, or nothing could be determined.
  [[nodiscard]] std::size_t size() const { return parts_.size(); }

  /// Makes part `index` the main picture of `copy`, a copy of the file passed to `of`. Nothing
  /// moves.
  void show(std::size_t index, std::span<std::byte> copy) const;

 private:
  struct Part {
    std::uint64_t item = 0;
    std::size_t hidden_at = 0;  ///< offset of the byte whose lowest bit hides it
  };

  std::vector<Part> parts_;
  std::size_t primary_at_ = 0;  ///< offset of the main picture's item number
  std::size_t primary_size_ = 0;
};

}  // namespace imgmill
