#include "commands/confined_compare.h"

#include <cstring>
#include <utility>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/engine_log.h"
#include "platform/cpu.h"
#include "platform/memory.h"
#include "sandbox/confined_call.h"
#include "schema/json_comparison.h"
#include "schema/json_outcome.h"

namespace imgmill::cli {
namespace {

constexpr std::uint64_t address_space = std::uint64_t{16} << 30;

// The child's answer: the length of the JSON, the JSON, the map.

std::string answer_of(const Result<Comparison>& result) {
  Json json;
  if (result) {
    json = json_of(*result);
  } else {
    json["error"] = json_of(result.error());
  }
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  const auto length = static_cast<std::uint64_t>(text.size());
  std::string answer(sizeof(length), '\0');
  std::memcpy(answer.data(), &length, sizeof(length));
  answer += text;
  if (result) answer += as_text(result->map.view());
  return answer;
}

std::unexpected<Error> nonsense() {
  return fail(ErrorCode::fault,
              "the process that compares images gave an answer that cannot be right",
              "handle the images with care, and report this");
}

Result<Comparison> understood(std::string_view answer) {
  std::uint64_t length = 0;
  if (answer.size() < sizeof(length)) return nonsense();
  std::memcpy(&length, answer.data(), sizeof(length));
  answer.remove_prefix(sizeof(length));
  if (length > answer.size()) return nonsense();
  const Json json = Json::parse(answer.substr(0, length), nullptr, false);
  if (!json.is_object()) return nonsense();
  const JsonPlace at{json, "comparison"};
  if (const auto error = at.find("error")) {
    IMGMILL_TRY(Error told, error_at(*error));
    return std::unexpected(std::move(told));
  }
  Result<Comparison> result = comparison_at(at);
  if (!result) return nonsense();
  answer.remove_prefix(length);
  if (!answer.empty() && sniff(as_bytes(answer)) != Format::png) return nonsense();
  result->map = Buffer::copy_of(as_bytes(answer));
  return result;
}

}  // namespace

Result<ConfinedComparison> compare_confined(ByteView original, ByteView other,
                                            const CompareOptions& options, const Limits& limits,
                                            SandboxMode mode) {
  ConfinedCall call;
  call.mode = mode;
  const auto threads = static_cast<std::uint64_t>(core_budget().cores);
  call.limits = {.address_space = address_space, .threads = threads * 4 + 32};
  // A map has three samples per pixel, and PNG adds little to incompressible data.
  call.longest_answer = limits.max_decoded_bytes + (std::size_t{16} << 20);
  call.prepare = [] {
    log_to_standard_error();
    start_engine();
    offer_to_die_first();
  };
  call.work = [&] { return answer_of(compare(original, other, options, limits)); };
  IMGMILL_TRY(ConfinedAnswer answer, call_confined(call));
  IMGMILL_TRY(Comparison comparison, understood(answer.bytes));
  comparison.original.bytes = original.size();
  comparison.other.bytes = other.size();
  return ConfinedComparison{std::move(comparison), std::move(answer.missing_layers)};
}

}  // namespace imgmill::cli
