// Fuzzes the messages of a worker: the first byte selects how the rest is parsed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pool/message.h"
#include "pool/orders.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imgmill;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  // An accepted value must survive a round trip unchanged.
  const auto settles = [](const auto& value, auto read) {
    if (!value) return;
    const auto again = read(to_body(*value));
    if (!again || to_body(*again) != to_body(*value)) std::abort();
  };
  switch (data[0] % 6) {
    case 0:
      if (const auto message = decode(text); message && encode(*message) != text) std::abort();
      break;
    case 1:
      settles(optimized_from(text), optimized_from);
      break;
    case 2:
      settles(error_from(text), error_from);
      break;
    case 3:
      settles(report_from(text), report_from);
      break;
    case 4:
      settles(order_from(text), order_from);
      break;
    default:
      settles(pool_settings_from(text), pool_settings_from);
  }
  return 0;
}
