// A pool of workers that misbehave on request (tests/faulty_worker), for tests that are compiled
// with IMGMILL_FAULTY_WORKER, the path of their program.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "pool/process_executor.h"
#include "support/make.h"

namespace imgmill::test {

/// A small JPEG, one of 200.
inline std::string picture(int number = 0) {
  const auto shade = static_cast<std::uint16_t>(number % 200);
  Raster raster(24, 16, 3);
  for (std::uint32_t i = 0; i < raster.samples.size(); ++i) {
    raster.samples[i] = static_cast<std::uint16_t>((i * 7 + shade * 13) % 256);
  }
  return std::string(as_text(make_jpeg(raster, {.quality = 95})));
}

/// The same with a request to misbehave.
inline std::string faulty(std::string_view name) {
  return picture() + "FAULT:" + std::string(name) + ";";
}

inline OptimizerOptions faulty_options(int jobs = 2) {
  OptimizerOptions options;
  options.jobs = jobs;
  options.isolation = Isolation::process;
  options.warm_up = WarmUp::off;
  options.worker_program = IMGMILL_FAULTY_WORKER;
  return options;
}

inline std::unique_ptr<ProcessExecutor> executor_with(const OptimizerOptions& options) {
  auto executor = ProcessExecutor::create(options);
  EXPECT_TRUE(executor) << executor.error().describe();
  return *std::move(executor);
}

inline Result<Optimized> run(Executor& executor, std::string_view image,
                             const ImageSettings& settings = {},
                             const std::stop_token& unwanted = {},
                             const std::stop_token& stop = {}) {
  const Limits limits;
  return executor.process({as_bytes(image), settings, limits, Work::many, unwanted}, stop);
}

}  // namespace imgmill::test
