#include "commands/confined_placeholder.h"

#include <utility>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/engine_log.h"
#include "platform/memory.h"
#include "sandbox/confined_call.h"
#include "schema/json_outcome.h"
#include "schema/json_placeholder.h"

namespace imgmill::cli {
namespace {

constexpr std::uint64_t address_space = std::uint64_t{16} << 30;

std::string answer_of(const Result<Placeholder>& result) {
  Json json;
  if (result) {
    json = json_of(*result);
  } else {
    json["error"] = json_of(result.error());
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::unexpected<Error> nonsense() {
  return fail(ErrorCode::fault,
              "the process that makes placeholders gave an answer that cannot be right",
              "handle the image with care, and report this");
}

Result<Placeholder> understood(std::string_view answer) {
  const Json json = Json::parse(answer, nullptr, false);
  if (!json.is_object()) return nonsense();
  const JsonPlace at{json, "placeholder"};
  if (const auto error = at.find("error")) {
    IMGMILL_TRY(Error told, error_at(*error));
    return std::unexpected(std::move(told));
  }
  Result<Placeholder> result = placeholder_at(at);
  return result ? std::move(result) : nonsense();
}

}  // namespace

Result<ConfinedPlaceholder> placeholder_confined(ByteView input, const Limits& limits,
                                                 SandboxMode mode) {
  ConfinedCall call;
  call.mode = mode;
  call.limits = {.address_space = address_space, .threads = 32};
  call.longest_answer = std::size_t{64} << 10;
  call.prepare = [] {
    log_to_standard_error();
    start_engine();
    offer_to_die_first();
  };
  call.work = [&] { return answer_of(placeholder_of(input, limits)); };
  IMGMILL_TRY(ConfinedAnswer answer, call_confined(call));
  IMGMILL_TRY(Placeholder placeholder, understood(answer.bytes));
  return ConfinedPlaceholder{std::move(placeholder), std::move(answer.missing_layers)};
}

}  // namespace imgmill::cli
