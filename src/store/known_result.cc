#include "store/known_result.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "schema/json_outcome.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string joined(const std::vector<std::string>& notes) {
  std::string text;
  for (const std::string& note : notes) text += note + '\n';
  return text;
}

std::vector<std::string> parted(std::string_view text) {
  std::vector<std::string> notes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    notes.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return notes;
}

}  // namespace

void bind_result(Query& query, const KnownResult& known, ResultTexts& texts) {
  texts.judgement =
      Json{{"judgement", json_of(known.judgement)}, {"private_left", json_of(known.private_left)}}
          .dump();
  texts.notes = joined(known.notes);
  query.with(static_cast<int>(known.decision), static_cast<int>(known.input_format),
             static_cast<int>(known.format), known.width, known.height, known.frames, known.size,
             known.output, texts.judgement, texts.notes);
}

std::optional<KnownResult> result_from(const Query& row, int first) {
  const std::int64_t decision = row.integer(first);
  const std::int64_t input_format = row.integer(first + 1);
  const std::int64_t format = row.integer(first + 2);
  const std::optional<ContentHash> output = row.hash(first + 7);
  const auto known_format = [](std::int64_t value) {
    return value >= 0 && value < static_cast<std::int64_t>(formats().size());
  };
  if (decision < 0 || decision > static_cast<int>(Decision::kept) || !known_format(input_format) ||
      !known_format(format) || row.integer(first + 6) < 0 || !output) {
    return std::nullopt;
  }
  const Json judgement = Json::parse(row.text(first + 8), nullptr, false);
  if (judgement.is_discarded()) return std::nullopt;
  const JsonPlace at{judgement, "result"};
  const auto judged_at = at.find("judgement");
  const auto left_at = at.find("private_left");
  if (!judged_at || !left_at) return std::nullopt;
  const Result<Judgement> judged = judgement_at(*judged_at);
  const Result<PrivateData> left = private_data_at(*left_at);
  if (!judged || !left) return std::nullopt;
  KnownResult known;
  known.judgement = *judged;
  known.private_left = *left;
  known.decision = static_cast<Decision>(decision);
  known.input_format = static_cast<Format>(input_format);
  known.format = static_cast<Format>(format);
  known.width = static_cast<std::uint32_t>(row.integer(first + 3));
  known.height = static_cast<std::uint32_t>(row.integer(first + 4));
  known.frames = static_cast<std::uint32_t>(row.integer(first + 5));
  known.size = static_cast<std::uint64_t>(row.integer(first + 6));
  known.output = *output;
  known.notes = parted(row.text(first + 9));
  return known;
}

void bind_facts(Query& query, const FileFacts& facts) {
  query.with(facts.size, nanoseconds(facts.modified), nanoseconds(facts.changed),
             static_cast<std::uint64_t>(facts.inode), static_cast<std::uint64_t>(facts.device));
}

bool same_facts(const Query& row, int first, const FileFacts& facts) {
  return row.integer(first) == static_cast<std::int64_t>(facts.size) &&
         row.integer(first + 1) == nanoseconds(facts.modified) &&
         row.integer(first + 2) == nanoseconds(facts.changed) &&
         row.integer(first + 3) == static_cast<std::int64_t>(facts.inode) &&
         row.integer(first + 4) == static_cast<std::int64_t>(facts.device);
}

bool settled(const FileFacts& facts) {
  // The time of change, which cannot be set, has the resolution of the kernel's tick (10 ms at
  // most). A file system without fractions of a second may count in steps of two seconds (FAT).
  constexpr std::int64_t fine_step_ns = 20'000'000;
  constexpr std::int64_t coarse_step_ns = 2'100'000'000;
  using namespace std::chrono;
  const std::int64_t now =
      duration_cast<std::chrono::nanoseconds>(system_clock::now().time_since_epoch()).count();
  return now - nanoseconds(facts.changed) >
         (facts.changed.tv_nsec == 0 ? coarse_step_ns : fine_step_ns);
}

AbsoluteNames::AbsoluteNames() {
  std::error_code error;
  current_folder_ = (fs::current_path(error) / "").native();
}

std::string AbsoluteNames::of(const fs::path& path) const {
  const std::string& text = path.native();
  std::string whole = text.starts_with('/') ? text : current_folder_ + text;
  if (whole.contains("/.") || whole.contains("//")) {
    whole = fs::path(std::move(whole)).lexically_normal().native();
  }
  return whole;
}

}  // namespace imgmill
