// Measures the first images of a batch with and without warm workers, and what sampling memory for
// each image, as imgmill's predecessor did, would cost.
//
//   imgmill_first_images FOLDER ROUNDS     prints one JSON object, times in microseconds
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "platform/file.h"
#include "pool/process_executor.h"

namespace imgmill {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t microseconds_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
}

std::vector<Buffer> read_all(const std::string& folder) {
  std::vector<std::filesystem::path> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path());
  }
  std::ranges::sort(names);
  std::vector<Buffer> files;
  for (const auto& name : names) files.push_back(std::move(read_file(name, 1 << 30)->bytes));
  return files;
}

struct Sample {
  std::vector<std::int64_t> first;   // the first images of each round
  std::vector<std::int64_t> steady;  // images much later
};

/// Processes one image at a time, so that the only wait is for the worker, not for a core.
void measure(const std::vector<Buffer>& files, WarmUp warm_up, Sample& sample) {
  constexpr std::size_t count_as_first = 2;
  OptimizerOptions options;
  options.jobs = 2;
  options.warm_up = warm_up;
  auto executor = ProcessExecutor::create(options);
  if (!executor || (warm_up == WarmUp::on && !(*executor)->pool().warmup())) std::exit(1);
  const ImageSettings settings;
  const Limits limits;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto start = Clock::now();
    if (!(*executor)->process({files[i].view(), settings, limits}, {})) std::exit(1);
    const std::int64_t took = microseconds_since(start);
    if (i < count_as_first) sample.first.push_back(took);
    if (i >= files.size() / 2) sample.steady.push_back(took);
  }
}

std::int64_t percentile(std::vector<std::int64_t> values, double part) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

std::string json_of(const Sample& sample) {
  return fmt::format(R"({{"first_p50":{},"first_p99":{},"steady_p50":{},"steady_p99":{}}})",
                     percentile(sample.first, 0.5), percentile(sample.first, 0.99),
                     percentile(sample.steady, 0.5), percentile(sample.steady, 0.99));
}

/// Reads what the predecessor read for each image: the machine's memory and its own.
std::size_t sample_memory() {
  std::size_t seen = 0;
  for (const char* name : {"/proc/meminfo", "/proc/self/status"}) {
    std::ifstream file(name);
    std::stringstream text;
    text << file.rdbuf();
    std::string label;
    std::size_t number = 0;
    for (std::string line; std::getline(text, line);) {
      std::istringstream fields(line);
      if (fields >> label >> number) seen += number;
    }
  }
  return seen;
}

double memory_sample_cost() {
  constexpr int times = 2000;
  std::size_t seen = 0;
  const auto start = Clock::now();
  for (int i = 0; i < times; ++i) seen += sample_memory();
  const double each = static_cast<double>(microseconds_since(start)) / times;
  if (seen == 0) std::exit(1);
  return each;
}

}  // namespace
}  // namespace imgmill

int main(int count, char** words) {
  using namespace imgmill;
  if (count != 3) return 2;
  const std::vector<Buffer> files = read_all(words[1]);
  if (files.size() < 8) return 2;
  Sample warm;
  Sample cold;
  for (int round = 0; round < std::atoi(words[2]); ++round) {
    measure(files, WarmUp::on, warm);
    measure(files, WarmUp::off, cold);
  }
  fmt::print("{{\"warm\":{},\"cold\":{},\"memory_sample\":{:.1f}}}\n", json_of(warm), json_of(cold),
             memory_sample_cost());
}
