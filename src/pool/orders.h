// Orders to workers and their answers, as message bodies.
#pragma once

#include <string>
#include <string_view>

#include "imgmill/compare.h"
#include "imgmill/isolation.h"
#include "imgmill/placeholder.h"
#include "imgmill/result.h"
#include "imgmill/settings.h"
#include "sandbox/sandbox.h"

namespace imgmill {

/// Settings for all workers of a pool.
struct PoolSettings {
  SandboxMode sandbox = SandboxMode::automatic;
  WarmUp warm_up = WarmUp::on;
  std::uint64_t address_space = 0;  ///< bytes, 0: unlimited
  int threads = 1;                  ///< maximum per image
  int niceness = 0;                 ///< 0..19, added to that of the pool's process
};

/// An order to process one image.
struct Order {
  ImageSettings settings;
  Limits limits;
  int threads = 1;                ///< for the engine
  std::uint64_t cpu_seconds = 0;  ///< the kernel kills the worker after this; 0: unlimited
  std::uint64_t memory = 0;       ///< bytes that the image may use; a worker that needs more says
                                  ///< so first
};

/// An order to compare two images, which are stored consecutively in one shared memory.
struct CompareOrder {
  std::uint64_t original_bytes = 0;  ///< size of the first image; the rest is the other one
  CompareOptions options;
  Limits limits;
  int threads = 1;
  std::uint64_t cpu_seconds = 0;
  std::uint64_t memory = 0;
};

/// An order to make the placeholder of an image.
struct SketchOrder {
  Limits limits;
  int threads = 1;
  std::uint64_t cpu_seconds = 0;
  std::uint64_t memory = 0;
};

// Conversions to JSON and back. Parsing errors: bad_input.

[[nodiscard]] std::string to_body(const PoolSettings& settings);
[[nodiscard]] Result<PoolSettings> pool_settings_from(std::string_view body);

[[nodiscard]] std::string to_body(const Order& order);
[[nodiscard]] Result<Order> order_from(std::string_view body);

[[nodiscard]] std::string to_body(const CompareOrder& order);
[[nodiscard]] Result<CompareOrder> compare_order_from(std::string_view body);

[[nodiscard]] std::string to_body(const SketchOrder& order);
[[nodiscard]] Result<SketchOrder> sketch_order_from(std::string_view body);

[[nodiscard]] std::string to_body(const Placeholder& placeholder);
[[nodiscard]] Result<Placeholder> placeholder_from(std::string_view body);

/// Without the map and the sizes of the files.
[[nodiscard]] std::string to_body(const Comparison& comparison);
[[nodiscard]] Result<Comparison> comparison_from(std::string_view body);

/// Without the bytes of the output.
[[nodiscard]] std::string to_body(const Optimized& optimized);
[[nodiscard]] Result<Optimized> optimized_from(std::string_view body);

[[nodiscard]] std::string to_body(const Error& error);
[[nodiscard]] Result<Error> error_from(std::string_view body);

[[nodiscard]] std::string to_body(const SandboxReport& report);
[[nodiscard]] Result<SandboxReport> report_from(std::string_view body);

}  // namespace imgmill
