// Endless damaged files, through the same worker processes as the command. None may crash a worker
// or be reported as an internal error, and every output must be decodable by other decoders.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "imgmill/imgmill.h"
#include "mutator.h"
#include "rounds.h"
#include "seeds.h"
#include "support/decode.h"

namespace imgmill::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Options : Rounds {
  std::string worker;
};

struct Case {
  std::string name;
  Bytes file;
  ImageSettings settings;
  std::string asked;  ///< the settings, for display
};

// Depends on two numbers only.
Case made_case(const std::vector<Seed>& seeds, std::uint64_t seed, std::uint64_t number) {
  std::seed_seq sequence{seed >> 32, seed & 0xFFFFFFFF, number >> 32, number & 0xFFFFFFFF};
  std::mt19937_64 random(sequence);
  const Seed& source = seeds[random() % seeds.size()];
  Case made{.name = source.name, .file = source.file, .settings = {}, .asked = {}};
  mutate(made.file, seeds[random() % seeds.size()].file, random);
  ImageSettings& settings = made.settings;
  settings.effort = Effort::fast;
  const auto one_in = [&](std::uint64_t count) { return random() % count == 0; };
  if (one_in(3)) {
    const std::vector<FormatInfo> targets = written_formats();
    const FormatInfo& target = targets[random() % targets.size()];
    if (target.format != Format::svg) {
      settings.output_format = target.format;
      made.asked += fmt::format(" as {}", target.name);
    }
  }
  switch (random() % 4) {
    case 0:
      settings.compression = Compression::lossless;
      made.asked += " without loss";
      break;
    case 1:
      settings.quality.global = 60;
      made.asked += " at quality 60";
      break;
    case 2:
      settings.target = Target{.score = 80};
      made.asked += " at target 80";
      break;
    default:
      break;
  }
  if (one_in(4)) {
    settings.resize = {.mode = ResizeMode::percent, .percent = 50};
    made.asked += ", half as large";
  }
  if (one_in(4)) {
    settings.keep = Keep::all();
    made.asked += ", all kept";
  }
  if (one_in(4)) settings.animation = Animation::first_frame;
  return made;
}

// Warnings of libjpeg about segments that do not affect the picture.
bool is_harmless(std::string_view warning) {
  return warning.contains("JFIF revision") || warning.contains("Adobe color transform");
}

// Returns what is wrong; empty: nothing. A file that is kept may be as damaged as it was.
std::string wrong_with(const Result<Optimized>& made) {
  if (!made) {
    const ErrorCode code = made.error().code();
    const bool ours =
        code == ErrorCode::fault || code == ErrorCode::internal || code == ErrorCode::environment;
    return ours ? made.error().describe() : std::string();
  }
  if (made->decision != Decision::reencoded || made->format == Format::svg) return {};
  try {
    if (decode(made->bytes.view(), made->format).movie.frames.empty()) return "it shows nothing";
  } catch (const std::runtime_error& error) {
    if (is_harmless(error.what())) return {};
    return fmt::format("the {} that was made cannot be decoded: {}", info(made->format).name,
                       error.what());
  }
  return {};
}

class Run {
 public:
  Run(const Options& options, ImageOptimizer optimizer)
      : options_(options), optimizer_(std::move(optimizer)), end_(Clock::now() + options.time) {}

  // Returns the number of failed cases.
  int all() {
    std::vector<std::jthread> threads;
    const int width = options_.one ? 1 : optimizer_.width();
    for (int i = 0; i < width; ++i) threads.emplace_back([this] { work(); });
    threads.clear();
    fmt::print("seed {}: {} files, {} made something, {} refused, {} wrong\n", options_.seed,
               done_.load(), made_.load(), refused_.load(), wrong_.load());
    return wrong_;
  }

 private:
  void work() {
    if (options_.one) return one(*options_.one);
    while (Clock::now() < end_) one(next_++);
  }

  void one(std::uint64_t number) {
    const Case work = made_case(seeds_, options_.seed, number);
    const Limits limits{.max_pixels = 4'000'000, .max_decoded_bytes = 64'000'000};
    const Result<Optimized> made = optimizer_.optimize(work.file, work.settings, limits);
    ++done_;
    ++(made ? made_ : refused_);
    if (const std::string wrong = wrong_with(made); !wrong.empty()) tell(number, work, wrong);
    if (options_.one) {
      fmt::print("{}{}: {}\n", work.name, work.asked, made ? "made" : made.error().describe());
    }
  }

  void tell(std::uint64_t number, const Case& work, const std::string& wrong) {
    ++wrong_;
    const std::lock_guard lock(mutex_);
    const std::string name = fmt::format("hostile-{}-{}", options_.seed, number);
    std::ofstream(name, std::ios::binary)
        .write(reinterpret_cast<const char*>(work.file.data()),
               static_cast<std::streamsize>(work.file.size()));
    fmt::print("{}{}: {}\n  the file: {}; again: ./test hostile 1 {} {}\n", work.name, work.asked,
               wrong, name, options_.seed, number);
    std::fflush(stdout);
  }

  const Options& options_;
  ImageOptimizer optimizer_;
  const std::vector<Seed> seeds_ = seeds();
  const Clock::time_point end_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> done_{0}, made_{0}, refused_{0};
  std::atomic<int> wrong_{0};
  std::mutex mutex_;
};

std::optional<Options> parsed(std::span<char*> words) {
  Options options{{.time = std::chrono::seconds(1'200)}, {}};
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::string_view name = words[i];
    const std::string_view value = words[i + 1];
    if (name == "--worker") {
      options.worker = value;
      continue;
    }
    if (!options.take(name, value)) return std::nullopt;
  }
  if (words.size() % 2 != 0) return std::nullopt;
  return options;
}

int run(std::span<char*> words) {
  const std::optional<Options> options = parsed(words);
  if (!options) {
    fmt::print(stderr,
               "usage: imgmill_hostile [--seconds N] [--seed N] [--one N] [--worker PATH]\n");
    return 2;
  }
  OptimizerOptions workers;
  workers.isolation = Isolation::process;
  workers.worker_program = options->worker;
  workers.timeout = std::chrono::seconds(60);
  auto optimizer = ImageOptimizer::create(workers);
  if (!optimizer) {
    fmt::print(stderr, "{}\n", optimizer.error().describe());
    return 2;
  }
  return Run(*options, *std::move(optimizer)).all() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace imgmill::test

int main(int count, char** words) {
  return imgmill::test::run(std::span(words, static_cast<std::size_t>(count)).subspan(1));
}
