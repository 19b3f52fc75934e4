#include "imgmill/buffer.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace imgmill {

Buffer Buffer::uninitialised(std::size_t size) {
  if (size == 0) return {};
  auto* data = static_cast<std::byte*>(std::malloc(size));
  if (data == nullptr) throw std::bad_alloc();
  return adopt(data, size, [](std::byte* block) { std::free(block); });
}

Buffer Buffer::copy_of(ByteView bytes) {
  Buffer buffer = uninitialised(bytes.size());
  if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return buffer;
}

Buffer Buffer::adopt(std::vector<std::byte> vector) {
  auto owner = std::make_shared<std::vector<std::byte>>(std::move(vector));
  return adopt(owner->data(), owner->size(), [owner](std::byte*) mutable { owner.reset(); });
}

Buffer Buffer::adopt(std::byte* data, std::size_t size, std::function<void(std::byte*)> release) {
  Buffer buffer;
  buffer.data_ = {data, Release{std::move(release)}};
  buffer.size_ = size;
  return buffer;
}

}  // namespace imgmill
