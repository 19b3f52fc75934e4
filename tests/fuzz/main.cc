// Feeds a libFuzzer target with damaged pictures and texts, without libFuzzer. A case depends on
// two numbers only; the one that ends the process is saved, and told with how to repeat it.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <new>
#include <optional>
#include <random>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "../hostile/mutator.h"
#include "../hostile/rounds.h"
#include "../hostile/seeds.h"
#include "pool/message.h"
#include "pool/orders.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace imgmill::test {
namespace {

using Clock = std::chrono::steady_clock;
// No single case may take as long.
constexpr std::chrono::seconds patience{60};

Bytes of_text(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

// Pictures of all kinds, and what servers and workers are sent.
std::vector<Bytes> inputs() {
  std::vector<Bytes> all;
  for (Seed& seed : seeds()) all.push_back(std::move(seed.file));
  for (const std::string& text :
       {to_body(Order{}), to_body(PoolSettings{}), to_body(SandboxReport{}),
        to_body(Optimized{{.notes = {"a note"}}, Format::png, Format::jpeg, {}}),
        to_body(Error(ErrorCode::bad_input, "damaged", "restore it")),
        encode({.kind = MessageKind::work, .id = 7, .value = 9, .body = to_body(Order{})}),
        std::string("multipart/form-data; boundary=b\n--b\r\nContent-Disposition: form-data; "
                    "name=\"image\"; filename=\"a.jpg\"\r\n\r\n\xFF\xD8\r\n--b--\r\n"),
        std::string("/api/jobs/1f/images/3?size=2&name=a%20b+c&x=%C3%A4\n")}) {
    all.push_back(of_text(text));
  }
  return all;
}

Bytes made_case(const std::vector<Bytes>& from, std::uint64_t seed, std::uint64_t number) {
  if (number < from.size()) return from[number];
  std::seed_seq sequence{seed >> 32, seed & 0xFFFFFFFF, number >> 32, number & 0xFFFFFFFF};
  std::mt19937_64 random(sequence);
  Bytes made = from[random() % from.size()];
  mutate(made, from[random() % from.size()], random);
  // Some targets take settings from their first bytes.
  constexpr std::size_t prefixes[] = {0, 0, 1, 8};
  for (std::size_t i = prefixes[random() % std::size(prefixes)]; i > 0; --i) {
    made.insert(made.begin(), static_cast<std::byte>(random()));
  }
  return made;
}

void feed(const Bytes& input) {
  // Its own allocation, so that the sanitizer sees reads beyond its end.
  const Bytes exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(exact.data()), exact.size());
}

/// Shared with the process that runs the cases.
struct Progress {
  std::atomic<std::uint64_t> number{0};
};

[[noreturn]] void run_cases(const Rounds& options, const std::vector<Bytes>& from,
                            Progress& progress) {
  const Clock::time_point end = Clock::now() + options.time;
  for (std::uint64_t number = 0; Clock::now() < end; ++number) {
    progress.number = number;
    feed(made_case(from, options.seed, number));
  }
  std::exit(0);  // looks for leaks
}

// Returns whether all cases went well.
bool run_apart(const Rounds& options, std::string_view program) {
  const std::vector<Bytes> from = inputs();
  void* const shared =
      ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return false;
  auto& progress = *new (shared) Progress;
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) run_cases(options, from, progress);
  const Clock::time_point latest = Clock::now() + options.time + patience;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (Clock::now() > latest) ::kill(child, SIGKILL);
  }
  const std::uint64_t number = progress.number;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    fmt::print("{} cases\n", number + 1);
    return true;
  }
  const std::string name = fmt::format("fuzz-{}-{}", options.seed, number);
  const Bytes input = made_case(from, options.seed, number);
  std::ofstream(name, std::ios::binary)
      .write(reinterpret_cast<const char*>(input.data()),
             static_cast<std::streamsize>(input.size()));
  fmt::print("case {} of seed {} ended with {}{}; the input: {}; again: {} --seed {} --one {}\n",
             number, options.seed, WIFSIGNALED(status) ? "signal " : "status ",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), name, program,
             options.seed, number);
  return false;
}

std::optional<Rounds> parsed(std::span<char*> words) {
  Rounds options{.time = std::chrono::seconds(20)};
  if (words.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string_view name = words[i];
    const std::string_view value = words[i + 1];
    if (!options.take(name, value)) return std::nullopt;
  }
  return options;
}

}  // namespace
}  // namespace imgmill::test

int main(int count, char** words) {
  using namespace imgmill::test;
  const auto options = parsed(std::span(words, static_cast<std::size_t>(count)).subspan(1));
  if (!options) {
    fmt::print(stderr, "usage: {} [--seconds N] [--seed N] [--one N]\n", words[0]);
    return 2;
  }
  if (options->one) {
    feed(made_case(inputs(), options->seed, *options->one));
    return 0;
  }
  return run_apart(*options, words[0]) ? 0 : 1;
}
