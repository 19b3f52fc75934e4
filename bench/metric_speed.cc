// Measures the speed of SSIMULACRA 2.1 for each instruction set of this machine, and of the
// reference program if there is one.
//
//   imgmill_metric_speed [--rounds N] [--set NAME] [--reference PROGRAM] [ORIGINAL.ppm
//   CANDIDATE.ppm]
//
// Prints a Markdown table. Times are processor time (user and system) on one core, medians over
// rounds in which everything is measured in turn. `prepare` covers reading the original's 8-bit
// pixels and building everything kept of them, including allocation; `compare` covers one candidate
// against it. PROGRAM gets both pictures as PPM files; its start-up time, measured with tiny
// pictures, is subtracted, so that reading two PPM files is its only additional work.
#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "quality/ssimulacra2.h"
#include "quality/ssimulacra2_simd.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

struct Rgb {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> samples;

  [[nodiscard]] PixelView view() const {
    return {samples.data(), width, height, 3, SampleKind::srgb8, std::size_t{width} * 3};
  }
};

/// Gradients, edges and grain, in about the proportions of photographs.
Rgb drawn(std::uint32_t width, std::uint32_t height) {
  Rgb out{width, height, {}};
  out.samples.reserve(std::size_t{width} * height * 3);
  std::uint32_t grain = 1;
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      const double slope = 90 * std::sin(x / 211.0) * std::cos(y / 157.0);
      const int edge = (x / 67 + y / 53) % 3 == 0 ? 40 : 0;
      for (std::uint32_t c = 0; c < 3; ++c) {
        grain = grain * 1664525U + 1013904223U;
        const int value = 110 + static_cast<int>(slope) / static_cast<int>(c + 1) + edge +
                          static_cast<int>(grain >> 28);
        out.samples.push_back(static_cast<std::uint8_t>(std::clamp(value, 0, 255)));
      }
    }
  }
  return out;
}

Rgb coarser(Rgb picture) {
  for (std::uint8_t& sample : picture.samples) {
    sample = static_cast<std::uint8_t>(std::min((sample + 6) / 12 * 12, 255));
  }
  return picture;
}

Rgb read_ppm(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string kind;
  Rgb out;
  int top = 0;
  if (!(file >> kind >> out.width >> out.height >> top) || kind != "P6" || top != 255) {
    throw std::runtime_error(path.string() + " is not a PPM of 8 bits without comments");
  }
  file.get();
  out.samples.resize(std::size_t{out.width} * out.height * 3);
  file.read(reinterpret_cast<char*>(out.samples.data()),
            static_cast<std::streamsize>(out.samples.size()));
  if (!file) throw std::runtime_error(path.string() + " ends too early");
  return out;
}

void write_ppm(const fs::path& path, const Rgb& picture) {
  std::ofstream file(path, std::ios::binary);
  file << "P6\n" << picture.width << ' ' << picture.height << "\n255\n";
  file.write(reinterpret_cast<const char*>(picture.samples.data()),
             static_cast<std::streamsize>(picture.samples.size()));
}

double own_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double program_seconds(const std::string& program, const fs::path& original,
                       const fs::path& candidate) {
  // posix_spawn() instead of fork(), after which our own pages would be copied one by one.
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  std::string words[] = {program, original, candidate};
  char* const list[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawn(&child, program.c_str(), &quiet, nullptr, list, environ);
  posix_spawn_file_actions_destroy(&quiet);
  int status = 0;
  rusage used{};
  if (failed != 0 || wait4(child, &status, 0, &used) != child || status != 0) {
    throw std::runtime_error("cannot run " + program);
  }
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Words {
  int rounds = 11;
  std::string set;  ///< measure only this instruction set, for profiling; empty: all
  std::string reference;
  std::vector<std::string> files;
};

Words parsed(int count, char** words) {
  Words out;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--rounds" && i + 1 < count) {
      out.rounds = std::max(1, std::atoi(words[++i]));
    } else if ((word == "--reference" || word == "--set") && i + 1 < count) {
      (word == "--set" ? out.set : out.reference) = words[++i];
    } else {
      out.files.push_back(word);
    }
  }
  if (!out.files.empty() && out.files.size() != 2) {
    throw std::runtime_error(
        "imgmill_metric_speed [--rounds N] [--set NAME] [--reference PROGRAM] "
        "[ORIGINAL.ppm CANDIDATE.ppm]");
  }
  return out;
}

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "imgmill-metric-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

struct Times {
  std::vector<double> prepare, compare, both;
};

void measure(const Rgb& original, const Rgb& candidate, Times& times) {
  const double start = own_seconds();
  auto metric = Ssimulacra2::prepare(original.view());
  const double prepared = own_seconds();
  if (!metric || !metric->compare(candidate.view())) throw std::runtime_error("cannot compare");
  const double compared = own_seconds();
  // The second candidate finds its memory already allocated.
  if (!metric->compare(candidate.view())) throw std::runtime_error("cannot compare");
  times.prepare.push_back(prepared - start);
  times.both.push_back(compared - start);
  times.compare.push_back(own_seconds() - compared);
}

void run(const Words& words) {
  const Rgb original = words.files.empty() ? drawn(2048, 1536) : read_ppm(words.files[0]);
  const Rgb candidate = words.files.empty() ? coarser(original) : read_ppm(words.files[1]);
  const Folder folder;
  write_ppm(folder / "original.ppm", original);
  write_ppm(folder / "candidate.ppm", candidate);
  write_ppm(folder / "tiny.ppm", drawn(16, 16));

  std::map<std::string_view, Times> times;
  std::vector<double> peer;
  auto targets = simd_targets();
  if (!words.set.empty()) targets.assign(1, words.set);
  for (int round = 0; round < words.rounds; ++round) {
    for (const std::string_view target : targets) {
      if (!quality::choose_simd_target(target)) throw std::runtime_error("no such target");
      measure(original, candidate, times[target]);
    }
    if (words.reference.empty()) continue;
    const fs::path tiny = folder / "tiny.ppm";
    peer.push_back(
        program_seconds(words.reference, folder / "original.ppm", folder / "candidate.ppm") -
        program_seconds(words.reference, tiny, tiny));
  }

  const double pixels = static_cast<double>(original.width) * original.height / 1e6;
  fmt::print("{} x {} pixels, medians of {} rounds in turn, processor time of one core.\n\n",
             original.width, original.height, words.rounds);
  fmt::print(
      "| | prepare, MP/s | compare, MP/s | both, MP/s | both: times the reference | compare: times "
      "the reference |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
  const double reference = peer.empty() ? 0 : median(peer);
  const auto ratio = [&](double own) {
    return peer.empty() ? std::string() : fmt::format("{:.1f}", reference / own);
  };
  for (const std::string_view target : targets) {
    const Times& t = times[target];
    fmt::print("| {} | {:.1f} | {:.1f} | {:.1f} | {} | {} |\n", target, pixels / median(t.prepare),
               pixels / median(t.compare), pixels / median(t.both), ratio(median(t.both)),
               ratio(median(t.compare)));
  }
  if (!peer.empty()) {
    fmt::print("| reference program | | | {:.1f} | 1.0 | 1.0 |\n", pixels / reference);
  }
}

}  // namespace
}  // namespace imgmill

int main(int count, char** words) try {
  imgmill::run(imgmill::parsed(count, words));
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
