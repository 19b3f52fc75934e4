// libtiff streams in memory instead of a file.
#pragma once

#include <tiffio.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

namespace imgmill::test {

struct MemoryTiff {
  std::vector<std::byte> bytes;
  std::size_t place = 0;

  /// The caller must close it with TIFFClose before this object is destroyed.
  [[nodiscard]] TIFF* open(const char* mode) {
    TIFFSetWarningHandler(nullptr);
    TIFFSetErrorHandler(nullptr);
    return TIFFClientOpen("memory", mode, this, read, write, seek, close, size, map, unmap);
  }

 private:
  static MemoryTiff& self(thandle_t handle) { return *static_cast<MemoryTiff*>(handle); }
  static tmsize_t read(thandle_t handle, void* to, tmsize_t count) {
    MemoryTiff& file = self(handle);
    const std::size_t start = std::min(file.place, file.bytes.size());
    const std::size_t size = std::min(static_cast<std::size_t>(count), file.bytes.size() - start);
    if (size > 0) std::memcpy(to, file.bytes.data() + start, size);
    file.place = start + size;
    return static_cast<tmsize_t>(size);
  }
  static tmsize_t write(thandle_t handle, void* from, tmsize_t count) {
    MemoryTiff& file = self(handle);
    const auto size = static_cast<std::size_t>(count);
    if (file.place + size > file.bytes.size()) file.bytes.resize(file.place + size);
    if (size > 0) std::memcpy(file.bytes.data() + file.place, from, size);
    file.place += size;
    return count;
  }
  static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    MemoryTiff& file = self(handle);
    const std::size_t base = whence == SEEK_SET   ? 0
                             : whence == SEEK_CUR ? file.place
                                                  : file.bytes.size();
    file.place = base + static_cast<std::size_t>(offset);
    return file.place;
  }
  static int close(thandle_t) { return 0; }
  static toff_t size(thandle_t handle) { return self(handle).bytes.size(); }
  static int map(thandle_t, void**, toff_t*) { return 0; }
  static void unmap(thandle_t, void*, toff_t) {}
};

}  // namespace imgmill::test
