// An executor that is controlled by the bytes of the image.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <new>
#include <random>
#include <string_view>
#include <thread>

#include "executor/executor.h"
#include "imgmill/format.h"

namespace imgmill::test {

/// Halves the bytes, after a random delay that shuffles the order. Bytes that contain "REFUSE" are
/// bad input, "NO-MEMORY" throws, "KEEP" is kept, "GROW" doubles.
class FakeExecutor : public Executor {
 public:
  explicit FakeExecutor(int width, unsigned seed = 1, int longest_delay_us = 0)
      : width_(width), longest_delay_us_(longest_delay_us), random_(seed) {}

  Result<Optimized> process(const Work& work, std::stop_token) override {
    const int now = ++inside_;
    for (int most = most_inside_; now > most && !most_inside_.compare_exchange_weak(most, now);) {
    }
    ++calls;
    if (longest_delay_us_ > 0) std::this_thread::sleep_for(std::chrono::microseconds(delay()));
    Result<Optimized> output = [&] {
      try {
        return answer(work.input, work.settings);
      } catch (...) {
        --inside_;
        throw;
      }
    }();
    --inside_;
    return output;
  }
  int width() const override { return width_; }
  [[nodiscard]] int most_inside() const { return most_inside_; }

  std::atomic<int> calls{0};

 private:
  static Result<Optimized> answer(ByteView input, const ImageSettings& settings) {
    const std::string_view text = as_text(input);
    if (text.contains("REFUSE")) {
      return std::unexpected(Error(ErrorCode::bad_input, "the image is damaged"));
    }
    if (text.contains("NO-MEMORY")) throw std::bad_alloc();
    Optimized output;
    output.input_format = sniff(input).value_or(Format::jpeg);
    output.format = settings.output_format.value_or(output.input_format);
    output.width = output.height = 1;
    if (text.contains("KEEP")) {
      output.decision = Decision::kept;
      output.bytes = Buffer::copy_of(input);
    } else if (text.contains("GROW")) {
      output.decision = Decision::reencoded;
      output.bytes = Buffer::uninitialised(input.size() * 2);
      for (std::byte& byte : output.bytes.writable()) byte = std::byte{7};
    } else {
      output.decision = Decision::reencoded;
      output.bytes = Buffer::copy_of(input.first((input.size() + 1) / 2));
    }
    return output;
  }
  int delay() {
    const std::lock_guard lock(mutex_);
    return std::uniform_int_distribution(0, longest_delay_us_)(random_);
  }

  const int width_;
  const int longest_delay_us_;
  std::atomic<int> inside_{0};
  std::atomic<int> most_inside_{0};
  std::mutex mutex_;
  std::mt19937 random_;
};

}  // namespace imgmill::test
