#include "schema/json_outcome.h"

#include <algorithm>
#include <limits>

#include "base/try.h"

namespace imgmill {
namespace {

constexpr std::size_t longest_note = 1000;
constexpr std::size_t longest_text = 4000;
constexpr std::size_t most_notes = 30;
// The largest integer that every JSON reader represents exactly.
constexpr std::int64_t any = std::int64_t{1} << 53;

Result<std::int64_t> number(const JsonPlace& at, const char* field, std::int64_t least,
                            std::int64_t most) {
  IMGMILL_TRY(const JsonPlace place, required_at(at, field));
  return integer_at(place, least, most);
}

Result<std::string> text(const JsonPlace& at, const char* field) {
  IMGMILL_TRY(const JsonPlace place, required_at(at, field));
  IMGMILL_TRY(std::string value, text_at(place));
  if (value.size() > longest_text) value.resize(longest_text);
  return value;
}

Result<std::vector<std::string>> texts(const JsonPlace& at, const char* field) {
  IMGMILL_TRY(const JsonPlace list, required_at(at, field));
  if (!list.value.is_array()) return json_error(list, "is not an array", "");
  std::vector<std::string> values;
  for (const Json& item : list.value) {
    if (values.size() == most_notes) break;
    IMGMILL_TRY(std::string value, text_at({item, list.path}));
    if (value.size() > longest_note) value.resize(longest_note);
    values.push_back(std::move(value));
  }
  return values;
}

Result<Format> format(const JsonPlace& at, const char* field) {
  IMGMILL_TRY(const std::string name, text(at, field));
  if (const std::optional<Format> known = format_named(name)) return *known;
  return json_error(at.child(field), "is not a format", "");
}

template <typename T>
Result<T> named(const JsonPlace& at, const char* field, T last) {
  IMGMILL_TRY(const JsonPlace place, required_at(at, field));
  return named_at(place, last);
}

}  // namespace

Json json_of(const Limits& limits) {
  const auto most = static_cast<std::uint64_t>(any);
  return {{"max_pixels", std::min(limits.max_pixels, most)},
          {"max_decoded_bytes", std::min(limits.max_decoded_bytes, most)},
          {"max_input_bytes", std::min(limits.max_input_bytes, most)},
          {"max_frames", limits.max_frames}};
}

Result<Limits> limits_at(const JsonPlace& at) {
  IMGMILL_CHECK(
      check_fields(at, {"max_pixels", "max_decoded_bytes", "max_input_bytes", "max_frames"}));
  Limits limits;
  IMGMILL_TRY(const std::int64_t pixels, number(at, "max_pixels", 0, any));
  IMGMILL_TRY(const std::int64_t decoded, number(at, "max_decoded_bytes", 0, any));
  IMGMILL_TRY(const std::int64_t input, number(at, "max_input_bytes", 0, any));
  IMGMILL_TRY(const std::int64_t frames,
              number(at, "max_frames", 0, std::numeric_limits<std::uint32_t>::max()));
  limits.max_pixels = static_cast<std::uint64_t>(pixels);
  limits.max_decoded_bytes = static_cast<std::uint64_t>(decoded);
  limits.max_input_bytes = static_cast<std::uint64_t>(input);
  limits.max_frames = static_cast<std::uint32_t>(frames);
  return limits;
}

Json json_of(const Judgement& judgement) {
  Json json = Json::object();
  if (judgement.score) json["score"] = *judgement.score;
  if (judgement.target) json["target"] = *judgement.target;
  if (judgement.quality > 0) json["quality"] = judgement.quality;
  if (judgement.encodes > 0) json["encodes"] = judgement.encodes;
  if (judgement.probes > 0) json["probes"] = judgement.probes;
  if (!judgement.candidates.empty()) {
    Json candidates = Json::array();
    for (const FormatCandidate& candidate : judgement.candidates) {
      Json one = {{"format", info(candidate.format).name}, {"size", candidate.size}};
      if (candidate.score) one["score"] = *candidate.score;
      if (candidate.quality > 0) one["quality"] = candidate.quality;
      candidates.push_back(std::move(one));
    }
    json["candidates"] = std::move(candidates);
  }
  return json;
}

namespace {

Result<std::optional<double>> optional_score(const JsonPlace& at, const char* field) {
  const auto place = at.find(field);
  if (!place) return std::nullopt;
  IMGMILL_TRY(const double score, number_at(*place));
  return score;
}

Result<int> optional_count(const JsonPlace& at, const char* field) {
  const auto place = at.find(field);
  if (!place) return 0;
  IMGMILL_TRY(const std::int64_t value, integer_at(*place, 0, 1000));
  return static_cast<int>(value);
}

Result<FormatCandidate> candidate_at(const JsonPlace& at) {
  IMGMILL_CHECK(check_fields(at, {"format", "size", "score", "quality"}));
  FormatCandidate candidate;
  IMGMILL_TRY(candidate.format, format(at, "format"));
  IMGMILL_TRY(const std::int64_t size, number(at, "size", 0, any));
  IMGMILL_TRY(candidate.score, optional_score(at, "score"));
  IMGMILL_TRY(candidate.quality, optional_count(at, "quality"));
  candidate.size = static_cast<std::uint64_t>(size);
  return candidate;
}

}  // namespace

Result<Judgement> judgement_at(const JsonPlace& at) {
  IMGMILL_CHECK(
      check_fields(at, {"score", "target", "quality", "encodes", "probes", "candidates"}));
  Judgement judgement;
  IMGMILL_TRY(judgement.score, optional_score(at, "score"));
  IMGMILL_TRY(judgement.target, optional_score(at, "target"));
  IMGMILL_TRY(judgement.quality, optional_count(at, "quality"));
  IMGMILL_TRY(judgement.encodes, optional_count(at, "encodes"));
  IMGMILL_TRY(judgement.probes, optional_count(at, "probes"));
  if (const auto list = at.find("candidates")) {
    if (!list->value.is_array() || list->value.size() > formats().size()) {
      return json_error(*list, "is not a short array", "");
    }
    for (const Json& item : list->value) {
      IMGMILL_TRY(const FormatCandidate candidate, candidate_at({item, list->path}));
      judgement.candidates.push_back(candidate);
    }
  }
  return judgement;
}

Json json_of(const PrivateData& data) {
  Json names = Json::array();
  for (const std::string_view name : names_of(data)) names.push_back(name);
  return names;
}

Result<PrivateData> private_data_at(const JsonPlace& at) {
  if (!at.value.is_array()) return json_error(at, "is not an array", "");
  PrivateData data;
  for (const Json& item : at.value) {
    IMGMILL_TRY(const std::string name, text_at({item, at.path}));
    bool known = false;
    for (bool PrivateData::*const field : {&PrivateData::position, &PrivateData::serial,
                                           &PrivateData::thumbnail, &PrivateData::comment}) {
      PrivateData one;
      one.*field = true;
      if (names_of(one).front() != name) continue;
      data |= one;
      known = true;
    }
    if (!known) return json_error(at, "names nothing private that is known", "");
  }
  return data;
}

Json json_of(const Optimized& optimized) {
  return {{"decision", name_of(optimized.decision)},
          {"format", info(optimized.format).name},
          {"input_format", info(optimized.input_format).name},
          {"width", optimized.width},
          {"height", optimized.height},
          {"frames", optimized.frames},
          {"judgement", json_of(optimized.judgement)},
          {"private_left", json_of(optimized.private_left)},
          {"notes", optimized.notes}};
}

Result<Optimized> optimized_at(const JsonPlace& at) {
  IMGMILL_CHECK(check_fields(at, {"decision", "format", "input_format", "width", "height", "frames",
                                  "judgement", "private_left", "notes"}));
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  Optimized optimized;
  IMGMILL_TRY(optimized.decision, named(at, "decision", Decision::kept));
  IMGMILL_TRY(optimized.format, format(at, "format"));
  IMGMILL_TRY(optimized.input_format, format(at, "input_format"));
  IMGMILL_TRY(const std::int64_t width, number(at, "width", 1, most));
  IMGMILL_TRY(const std::int64_t height, number(at, "height", 1, most));
  IMGMILL_TRY(const std::int64_t frames, number(at, "frames", 1, most));
  IMGMILL_TRY(const JsonPlace judgement, required_at(at, "judgement"));
  IMGMILL_TRY(optimized.judgement, judgement_at(judgement));
  IMGMILL_TRY(const JsonPlace left, required_at(at, "private_left"));
  IMGMILL_TRY(optimized.private_left, private_data_at(left));
  IMGMILL_TRY(optimized.notes, texts(at, "notes"));
  optimized.width = static_cast<std::uint32_t>(width);
  optimized.height = static_cast<std::uint32_t>(height);
  optimized.frames = static_cast<std::uint32_t>(frames);
  return optimized;
}

Json json_of(const Error& error) {
  return {{"code", name_of(error.code())},
          {"message", error.message()},
          {"advice", error.advice()},
          {"context", error.context()}};
}

Result<Error> error_at(const JsonPlace& at) {
  IMGMILL_CHECK(check_fields(at, {"code", "message", "advice", "context"}));
  IMGMILL_TRY(const ErrorCode code, named(at, "code", ErrorCode::fault));
  IMGMILL_TRY(std::string message, text(at, "message"));
  IMGMILL_TRY(std::string advice, text(at, "advice"));
  IMGMILL_TRY(std::vector<std::string> context, texts(at, "context"));
  Error error(code, std::move(message), std::move(advice));
  for (std::string& step : context) error = std::move(error).within(std::move(step));
  return error;
}

}  // namespace imgmill
