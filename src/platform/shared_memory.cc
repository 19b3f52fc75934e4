#include "platform/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "base/try.h"
#include "platform/io_error.h"

// Linux 5.1; older headers do not have it.
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace imgmill {
Result<SharedMemory> SharedMemory::create(std::size_t size) {
  FileDescriptor descriptor(::memfd_create("imgmill", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!descriptor) return refused("no shared memory could be made");
  if (::ftruncate(descriptor.get(), static_cast<off_t>(size)) != 0) {
    if (errno == EFBIG) {
      return fail(ErrorCode::environment,
                  "the limit on the size of files, which shared memory has to keep, is too small",
                  "raise it (ulimit -f), or work with --isolation thread");
    }
    return refused("the shared memory could not be given its size");
  }
  if (::fcntl(descriptor.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
    return refused("the size of the shared memory could not be sealed");
  }
  return SharedMemory(std::move(descriptor), size);
}

Result<SharedMemory> SharedMemory::received(FileDescriptor descriptor, std::size_t size) {
  const int seals = ::fcntl(descriptor.get(), F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0) {
    return fail(ErrorCode::environment, "what was sent is not memory of a fixed size");
  }
  // Not fstat(): sandboxed workers may not query file metadata.
  if (::lseek(descriptor.get(), 0, SEEK_END) != static_cast<off_t>(size)) {
    return fail(ErrorCode::environment, "the shared memory is not as large as was said");
  }
  return SharedMemory(std::move(descriptor), size);
}

Result<Buffer> SharedMemory::map(int protection, int sharing) const {
  // Populated up front: individual page faults would cost more than the copying.
  void* const data =
      ::mmap(nullptr, size_, protection, sharing | MAP_POPULATE, descriptor_.get(), 0);
  if (data == MAP_FAILED) return refused("the shared memory could not be mapped");
  return Buffer::adopt(static_cast<std::byte*>(data), size_,
                       [size = size_](std::byte* block) { ::munmap(block, size); });
}

Result<Buffer> SharedMemory::map_for_reading() const {
  // Before Linux 6.7 a shared mapping of sealed memory is refused even for reading. A private
  // mapping shows the same memory as long as nobody writes through it.
  return map(PROT_READ, MAP_PRIVATE);
}
Result<Buffer> SharedMemory::map_for_writing() const {
  return map(PROT_READ | PROT_WRITE, MAP_SHARED);
}

Result<void> SharedMemory::forbid_new_writers() {
  if (::fcntl(descriptor_.get(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) != 0) {
    return refused("the shared memory could not be sealed");
  }
  return {};
}

Result<void> SharedMemory::freeze() {
  if (::fcntl(descriptor_.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
    return refused("the shared memory could not be frozen");
  }
  return {};
}

}  // namespace imgmill
