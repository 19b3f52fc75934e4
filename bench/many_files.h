// A tree of many small files for benchmarks of batches.
#pragma once

#include <fcntl.h>
#include <fmt/core.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace imgmill::bench {

/// `count` files of 1 kB that start like a JPEG, 1,000 per folder. Deletes them on destruction.
class ManyFiles {
 public:
  explicit ManyFiles(int count) {
    std::string name = (std::filesystem::temp_directory_path() / "imgmill-bench-XXXXXX").native();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
    root_ = name;
    const std::string bytes = "\xFF\xD8\xFF\xE0" + std::string(1020, 'x');
    for (int i = 0; i < count; ++i) {
      const std::string folder = fmt::format("{}/in/{:04}", name, i / 1000);
      if (i % 1000 == 0) std::filesystem::create_directories(folder);
      const int fd =
          ::open(fmt::format("{}/picture-{:06}.jpg", folder, i).c_str(), O_CREAT | O_WRONLY, 0644);
      if (fd < 0 || ::write(fd, bytes.data(), bytes.size()) < 0) {
        throw std::runtime_error("the files cannot be made");
      }
      ::close(fd);
    }
  }
  ManyFiles(const ManyFiles&) = delete;
  ManyFiles& operator=(const ManyFiles&) = delete;
  ~ManyFiles() {
    std::error_code error;
    std::filesystem::remove_all(root_, error);
  }

  [[nodiscard]] std::filesystem::path input() const { return root_ / "in"; }
  [[nodiscard]] std::filesystem::path output() const { return root_ / "out"; }

 private:
  std::filesystem::path root_;
};

/// The 100,000 files of the project's stated goal, created once per run.
inline const ManyFiles& hundred_thousand_files() {
  static const ManyFiles files(100'000);
  return files;
}

}  // namespace imgmill::bench
