// Memory that two processes look at, each with the rights it was given.
#pragma once

#include <cstddef>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "platform/file.h"

namespace imgmill {

/// An anonymous file in memory (memfd) of a size that was fixed when it was made.
/// Owns the descriptor; mappings live on their own. Not thread-safe.
class SharedMemory {
 public:
  SharedMemory() = default;
  /// Takes over what another process sent, trusting nothing: it must be a memfd of
  /// exactly `size` bytes that can no longer shrink. Errors: environment.
  [[nodiscard]] static Result<SharedMemory> received(FileDescriptor descriptor, std::size_t size);
  /// `size` zero bytes, at least 1. Errors: environment.
  [[nodiscard]] static Result<SharedMemory> create(std::size_t size);

  /// All bytes, mapped for reading; lives as long as the buffer. Errors: environment.
  [[nodiscard]] Result<Buffer> map_for_reading() const;
  /// The same for writing, too. Errors: environment, such as after a seal.
  [[nodiscard]] Result<Buffer> map_for_writing() const;

  /// From now on nobody can map it for writing or write to it; mappings of
  /// before stay as they are. Errors: environment (Linux before 5.1).
  [[nodiscard]] Result<void> forbid_new_writers();
  /// From now on nobody can change it in any way. Errors: environment, and in
  /// particular when somebody holds a mapping for writing.
  [[nodiscard]] Result<void> freeze();

  [[nodiscard]] int get() const { return descriptor_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  explicit operator bool() const { return static_cast<bool>(descriptor_); }

 private:
  SharedMemory(FileDescriptor descriptor, std::size_t size)
      : descriptor_(std::move(descriptor)), size_(size) {}
  [[nodiscard]] Result<Buffer> map(int protection, int sharing) const;

  FileDescriptor descriptor_;
  std::size_t size_ = 0;
};

}  // namespace imgmill
