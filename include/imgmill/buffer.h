// Owned byte buffers from any allocator.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "imgmill/export.h"

namespace imgmill {

/// A non-owning view of bytes. Must not outlive their owner.
using ByteView = std::span<const std::byte>;

/// Move-only owner of a block of bytes. The block may come from the heap, an encoder's own
/// allocator or a mapping; its release function is given with it. An empty buffer owns nothing.
class IMGMILL_API Buffer {
 public:
  Buffer() = default;

  /// Returns `size` bytes with unspecified contents. Throws std::bad_alloc.
  [[nodiscard]] static Buffer uninitialised(std::size_t size);
  /// Returns a copy of `bytes`. Throws std::bad_alloc.
  [[nodiscard]] static Buffer copy_of(ByteView bytes);
  /// Takes ownership of `vector` without copying its contents.
  [[nodiscard]] static Buffer adopt(std::vector<std::byte> vector);
  /// Takes ownership of `data`, which is released with `release(data)`.
  [[nodiscard]] static Buffer adopt(std::byte* data, std::size_t size,
                                    std::function<void(std::byte*)> release);

  [[nodiscard]] std::byte* data() { return data_.get(); }
  [[nodiscard]] const std::byte* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] ByteView view() const { return {data_.get(), size_}; }
  [[nodiscard]] std::span<std::byte> writable() { return {data_.get(), size_}; }

  /// Truncates to `size` bytes; does nothing if there are fewer.
  void shrink(std::size_t size) {
    if (size < size_) size_ = size;
  }

 private:
  struct Release {
    std::function<void(std::byte*)> give_back;
    void operator()(std::byte* data) const {
      if (give_back) give_back(data);
    }
  };
  std::unique_ptr<std::byte[], Release> data_;
  std::size_t size_ = 0;
};

/// The bytes of a string, and the other way round, without copying.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace imgmill
