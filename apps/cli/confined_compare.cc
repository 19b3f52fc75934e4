#include "confined_compare.h"

#include <array>
#include <cstring>
#include <utility>

#include "base/try.h"
#include "codecs/engine.h"
#include "platform/cpu.h"
#include "platform/memory.h"
#include "sandbox/confined_call.h"
#include "schema/json_outcome.h"

namespace imgmill::cli {
namespace {

constexpr std::uint64_t address_space = std::uint64_t{16} << 30;
constexpr std::int64_t most_pixels = 1LL << 31;

// The answer of the child: the length of the JSON, the JSON, the map.

std::string answer_of(const Result<Comparison>& result) {
  Json json;
  if (result) {
    const WorstTile& worst = result->worst;
    json["score"] = result->score;
    json["worst"] = {worst.left, worst.top, worst.width, worst.height};
    json["worst_score"] = worst.score;
    json["frame"] = result->frame;
    json["extent"] = {result->width, result->height, result->frames};
    json["formats"] = {std::to_underlying(result->original.format),
                       std::to_underlying(result->other.format)};
    json["notes"] = result->notes;
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

template <std::size_t N>
Result<std::array<std::uint32_t, N>> numbers_at(const JsonPlace& at, const char* field) {
  IMGMILL_TRY(const JsonPlace list, required_at(at, field));
  if (!list.value.is_array() || list.value.size() != N) return nonsense();
  std::array<std::uint32_t, N> numbers{};
  for (std::size_t i = 0; i < N; ++i) {
    IMGMILL_TRY(const std::int64_t number, integer_at({list.value[i], list.path}, 0, most_pixels));
    numbers[i] = static_cast<std::uint32_t>(number);
  }
  return numbers;
}

Result<std::vector<std::string>> texts_at(const JsonPlace& at, const char* field) {
  IMGMILL_TRY(const JsonPlace list, required_at(at, field));
  if (!list.value.is_array() || list.value.size() > 10) return nonsense();
  std::vector<std::string> texts;
  for (const Json& value : list.value) {
    IMGMILL_TRY(std::string text, text_at({value, list.path}));
    texts.push_back(std::move(text));
  }
  return texts;
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
  Comparison result;
  IMGMILL_TRY(const JsonPlace score, required_at(at, "score"));
  IMGMILL_TRY(result.score, number_at(score));
  IMGMILL_TRY(const auto worst, numbers_at<4>(at, "worst"));
  IMGMILL_TRY(const JsonPlace worst_score, required_at(at, "worst_score"));
  result.worst = {worst[0], worst[1], worst[2], worst[3]};
  IMGMILL_TRY(result.worst.score, number_at(worst_score));
  IMGMILL_TRY(const JsonPlace frame, required_at(at, "frame"));
  IMGMILL_TRY(const std::int64_t which, integer_at(frame, 0, most_pixels));
  result.frame = static_cast<std::uint32_t>(which);
  IMGMILL_TRY(const auto extent, numbers_at<3>(at, "extent"));
  result.width = extent[0];
  result.height = extent[1];
  result.frames = extent[2];
  IMGMILL_TRY(const auto known, numbers_at<2>(at, "formats"));
  if (known[0] >= formats().size() || known[1] >= formats().size()) return nonsense();
  result.original.format = formats()[known[0]].format;
  result.other.format = formats()[known[1]].format;
  IMGMILL_TRY(result.notes, texts_at(at, "notes"));
  answer.remove_prefix(length);
  if (!answer.empty() && sniff(as_bytes(answer)) != Format::png) return nonsense();
  result.map = Buffer::copy_of(as_bytes(answer));
  result.verdict = verdict_of(result.score);
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
  // A map has three samples a pixel, and PNG adds little where it saves nothing.
  call.longest_answer = limits.max_decoded_bytes + (std::size_t{16} << 20);
  call.prepare = [] {
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
