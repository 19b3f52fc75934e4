// What workers are told, and their side's answers, as the bodies of messages.
#pragma once

#include <string>
#include <string_view>

#include "imgmill/isolation.h"
#include "imgmill/result.h"
#include "imgmill/settings.h"
#include "sandbox/sandbox.h"

namespace imgmill {

/// For all workers of a pool.
struct PoolSettings {
  SandboxMode sandbox = SandboxMode::automatic;
  WarmUp warm_up = WarmUp::on;
  std::uint64_t address_space = 0;  ///< bytes, 0: no bound
  int threads = 1;                  ///< that an image may use at most
};

/// For one image.
struct Order {
  ImageSettings settings;
  Limits limits;
  int threads = 1;                ///< that the engine may use
  std::uint64_t cpu_seconds = 0;  ///< after which the kernel ends the worker; 0: no bound
};

// Each pair turns into JSON and back. Errors of reading: bad_input.

[[nodiscard]] std::string to_body(const PoolSettings& settings);
[[nodiscard]] Result<PoolSettings> pool_settings_from(std::string_view body);

[[nodiscard]] std::string to_body(const Order& order);
[[nodiscard]] Result<Order> order_from(std::string_view body);

/// Without the bytes of the output.
[[nodiscard]] std::string to_body(const Optimized& optimized);
[[nodiscard]] Result<Optimized> optimized_from(std::string_view body);

[[nodiscard]] std::string to_body(const Error& error);
[[nodiscard]] Result<Error> error_from(std::string_view body);

[[nodiscard]] std::string to_body(const SandboxReport& report);
[[nodiscard]] Result<SandboxReport> report_from(std::string_view body);

}  // namespace imgmill
