// Memory shared between two processes, with access rights per process.
#pragma once

#include <cstddef>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "platform/file.h"

namespace imgmill {

/// An anonymous memory file (memfd) whose size is fixed at creation. Owns the descriptor; mappings
/// have their own lifetime. Not thread-safe.
class SharedMemory {
 public:
  SharedMemory() = default;
  /// Accepts a descriptor from an untrusted process: it must be a memfd of exactly `size` bytes
  /// that can no longer shrink. Errors: environment.
  [[nodiscard]] static Result<SharedMemory> received(FileDescriptor descriptor, std::size_t size);
  /// Creates `size` zero bytes, at least 1. Errors: environment.
  [[nodiscard]] static Result<SharedMemory> create(std::size_t size);

  /// Maps all bytes for reading; the mapping lives as long as the buffer. Errors: environment.
  [[nodiscard]] Result<Buffer> map_for_reading() const;
  /// Maps all bytes for reading and writing. Errors: environment, such as after a seal.
  [[nodiscard]] Result<Buffer> map_for_writing() const;

  /// Prevents any further writing and any further mapping for writing; existing mappings stay as
  /// they are. Errors: environment (Linux before 5.1).
  [[nodiscard]] Result<void> forbid_new_writers();
  /// Prevents any further change. Errors: environment, in particular while a mapping for writing
  /// exists.
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
