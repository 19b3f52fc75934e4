#include "terminal/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "base/text.h"
#include "terminal/columns.h"
#include "terminal/progress.h"

namespace imgmill::cli {
namespace {

/// "45.4% saved", "2.0% bigger", "the same size".
std::string change_text(std::uint64_t before, std::uint64_t after) {
  const double percent = saved_percent(before, after);
  if (percent <= -0.05) return fmt::format("{:.1f}% bigger", -percent);
  return fmt::format("{:.1f}% saved", std::max(percent, 0.0));
}

std::string images(std::uint64_t count) {
  return fmt::format("{} {}", grouped(count), count == 1 ? "image" : "images");
}

/// Appends a table with one row per format and aligned columns.
void add_table(const std::map<Format, FormatSummary>& by_format, std::string& text) {
  std::vector<std::array<std::string, 5>> rows;
  for (const auto& [format, sums] : by_format) {
    if (sums.images == 0) continue;
    const double percent = saved_percent(sums.bytes_before, sums.bytes_after);
    rows.push_back({std::string(info(format).name), grouped(sums.images),
                    human_size(sums.bytes_before), human_size(sums.bytes_after),
                    fmt::format("{:.1f}%", percent == 0 ? 0.0 : percent)});
  }
  std::array<std::size_t, 5> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  }
  for (const auto& row : rows) {
    text += fmt::format("\n  {}  {}  {} -> {}  {}", padded(row[0], widths[0]),
                        padded_left(row[1], widths[1]), padded_left(row[2], widths[2]),
                        padded_left(row[3], widths[3]), padded_left(row[4], widths[4]));
  }
}

/// One decimal, rounded down: "at least 80.1" has to be true.
std::string score_text(double score) { return fmt::format("{:.1f}", std::floor(score * 10) / 10); }

/// "every image at least 80.1; lowest: photos/a.jpg 80.1"; empty if nothing was measured.
std::string scores_line(const ScoreSummary& scores) {
  if (scores.images == 0) return {};
  const std::string lowest =
      fmt::format("{} {}", printable(scores.lowest_path), score_text(scores.lowest));
  std::string line;
  if (scores.unscored > 0) {
    line = fmt::format("{} with a measured score; lowest: {}", images(scores.images), lowest);
  } else {
    line = fmt::format("every image at least {}; lowest: {}", score_text(scores.lowest), lowest);
  }
  if (scores.below_target > 0) {
    line += fmt::format("; {} below the target", grouped(scores.below_target));
  }
  return line;
}

/// "3 files still hold a position, 1 a serial number: ..."; empty if none does.
std::string private_line(const PrivateSummary& left) {
  if (left.images == 0) return {};
  const std::array<std::pair<std::uint64_t, std::string_view>, 4> counts = {
      std::pair{left.position, std::string_view("position")},
      {left.serial, "serial number"},
      {left.thumbnail, "thumbnail"},
      {left.comment, "comment"}};
  std::string line;
  for (const auto& [count, name] : counts) {
    if (count == 0) continue;
    line += line.empty() ? fmt::format("{} {} still hold{} a {}", grouped(count),
                                       count == 1 ? "file" : "files", count == 1 ? "s" : "", name)
                         : fmt::format(", {} a {}", grouped(count), name);
  }
  return line + ": nothing here can take it out of them (-v names them)";
}

/// "score 80.2, quality 83, 2 encodes" and further facts about how the output was made.
std::vector<std::string> judgement_words(const OptimizationResult& result) {
  const Judgement& judgement = result.judgement;
  std::vector<std::string> words;
  if (judgement.score && *judgement.score < 100) {
    std::string word = "score " + score_text(*judgement.score);
    if (!judgement.reached()) word += fmt::format(", under the target {:g}", *judgement.target);
    words.push_back(std::move(word));
  }
  if (judgement.quality > 0) words.push_back(fmt::format("quality {}", judgement.quality));
  if (judgement.encodes > 0) {
    words.push_back(
        fmt::format("{} encode{}", judgement.encodes, judgement.encodes == 1 ? "" : "s"));
  }
  std::string told = fmt::format("{}", fmt::join(words, ", "));
  words.clear();
  if (!told.empty()) words.push_back(std::move(told));
  if (judgement.candidates.size() > 1) {
    std::vector<std::string> sizes;
    for (const FormatCandidate& candidate : judgement.candidates) {
      sizes.push_back(
          fmt::format("{} {}", info(candidate.format).name, human_size(candidate.size)));
    }
    words.push_back(fmt::format("{}", fmt::join(sizes, ", ")));
  }
  return words;
}

/// "8 txt, 3 camera raw, 2 hidden folders": the most frequent ones first.
std::string kinds_text(const LeftOutSummary& left_out) {
  constexpr std::size_t most_named = 6;
  std::vector<std::pair<std::string, std::uint64_t>> kinds(left_out.kinds.begin(),
                                                           left_out.kinds.end());
  std::ranges::stable_sort(kinds, std::greater(), [](const auto& kind) { return kind.second; });
  std::vector<std::string> words;
  std::uint64_t rest = left_out.files;
  for (const auto& [kind, count] : kinds) {
    if (words.size() == most_named) break;
    const bool countable = kind.ends_with(" file") || kind.ends_with(" folder");
    words.push_back(
        fmt::format("{} {}{}", grouped(count), kind, countable && count > 1 ? "s" : ""));
    rest -= count;
  }
  if (rest > 0) words.push_back(grouped(rest) + " of other kinds");
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string left_out_line(const LeftOutSummary& left_out) {
  if (left_out.files == 0) return {};
  return fmt::format("\n  left out: {} (-v names {})", kinds_text(left_out),
                     left_out.files == 1 ? "it" : "them");
}

std::string idle_line(const std::vector<std::string>& patterns) {
  if (patterns.empty()) return {};
  std::vector<std::string> quoted;
  for (const std::string& pattern : patterns) quoted.push_back("'" + printable(pattern) + "'");
  return fmt::format("\n  matched by no image: {}", fmt::join(quoted, ", "));
}

std::string copied_line(const CopySummary& copied, bool dry_run) {
  if (copied.files + copied.there + copied.failed == 0) return {};
  std::string line = fmt::format("\n  {} other file{} {}copied", grouped(copied.files),
                                 copied.files == 1 ? "" : "s", dry_run ? "would be " : "");
  if (copied.bytes > 0) line += fmt::format(" ({})", human_size(copied.bytes));
  if (copied.there > 0) {
    line += fmt::format(", {} {} there already", grouped(copied.there),
                        copied.there == 1 ? "was" : "were");
  }
  if (copied.failed > 0) line += fmt::format(", {} failed (named above)", grouped(copied.failed));
  return line;
}

std::string headline(const BatchSummary& summary, const Tally& tally) {
  const double seconds = std::chrono::duration<double>(summary.elapsed).count();
  std::string line = images(tally.done);
  if (summary.bytes_before > 0) {
    line += fmt::format(": {} -> {}, {}", human_size(summary.bytes_before),
                        human_size(summary.bytes_after),
                        change_text(summary.bytes_before, summary.bytes_after));
  }
  line += ", " + human_duration(summary.elapsed);
  if (tally.done > 1 && seconds > 0) {
    line += fmt::format(" ({:.1f} images/s)", static_cast<double>(tally.done) / seconds);
  }
  return line;
}

}  // namespace

bool is_failure(const OptimizationResult& result) {
  return result.error && result.error->code() != ErrorCode::cancelled;
}

std::string failure_text(const OptimizationResult& result) {
  std::string text = printable(result.original_path);
  if (result.error) {
    text += fmt::format(": at {}: {}", name_of(result.stage), printable(result.error->describe()));
  }
  return text;
}

std::string copy_failure_text(const CopiedFile& file) {
  std::string text = printable(file.from) + ": at copying";
  if (file.error) text += ": " + printable(file.error->describe());
  return text;
}

std::string result_text(const OptimizationResult& result) {
  std::string text = printable(result.original_path);
  switch (result.decision) {
    case Decision::planned:
      text += " -> " + printable(result.optimized_path);
      break;
    case Decision::skipped:
      text += fmt::format(": skipped, {} is there", printable(result.optimized_path));
      break;
    case Decision::kept:
      text += fmt::format(": {}, kept as it was", human_size(result.original_size));
      break;
    default:
      text += fmt::format(
          ": {} -> {}, {}, {}", human_size(result.original_size), human_size(result.optimized_size),
          change_text(result.original_size, result.optimized_size), name_of(result.decision));
  }
  std::vector<std::string> words;
  if (result.decision != Decision::planned && result.decision != Decision::skipped) {
    words = judgement_words(result);
  }
  for (const std::string& note : result.notes) words.push_back(printable(note));
  if (!words.empty()) text += fmt::format(" ({})", fmt::join(words, "; "));
  return text;
}

void Tally::add(const OptimizationResult& result) {
  if (is_failure(result)) {
    ++failed;
  }
  if (!result.success()) return;
  if (result.decision == Decision::planned) {
    ++planned;
    planned_bytes += result.original_size;
  } else if (result.decision != Decision::skipped) {
    ++done;
  }
  for (const std::string& note : result.notes) {
    const auto known = notes.find(note);
    if (known != notes.end()) {
      ++known->second;
    } else if (notes.size() < most_notes) {
      notes.emplace(note, 1);
    } else {
      ++other_notes;
    }
  }
}

std::string summary_text(const BatchSummary& summary, const Tally& tally, bool interrupted) {
  std::string text;
  if (summary.tasks == 0 && summary.cancelled == 0) {
    text = interrupted ? "nothing was done" : "no images found: nothing to do";
  } else if (tally.planned > 0) {
    text = fmt::format("dry run: {}", images(tally.planned));
    if (tally.planned_bytes > 0) text += fmt::format(" ({})", human_size(tally.planned_bytes));
    text += " would be optimized; nothing was written";
  } else {
    text = headline(summary, tally);
  }
  add_table(summary.by_format, text);
  if (const std::string line = scores_line(summary.scores); !line.empty()) text += "\n  " + line;

  std::vector<std::string> asides;
  if (summary.kept > 0) {
    asides.push_back(grouped(summary.kept) + " kept as they were (nothing smaller was found)");
    if (summary.kept == 1) asides.back() = "1 kept as it was (nothing smaller was found)";
  }
  if (summary.skipped > 0) {
    asides.push_back(grouped(summary.skipped) + " skipped (the output is there already)");
  }
  if (summary.cached > 0) {
    asides.push_back(grouped(summary.cached) + " known from earlier runs (nothing was decoded)");
  }
  if (summary.resumed > 0) {
    asides.push_back(grouped(summary.resumed) + " done by the run that was interrupted");
  }
  if (!asides.empty()) text += fmt::format("\n  {}", fmt::join(asides, "; "));
  text += copied_line(summary.copied, tally.planned > 0);
  text += left_out_line(summary.left_out);
  text += idle_line(summary.idle_patterns);
  if (const std::string line = private_line(summary.private_left); !line.empty()) {
    text += "\n  " + line;
  }
  for (const auto& [note, count] : tally.notes) {
    text += fmt::format("\n  {} x {}", grouped(count), printable(note));
  }
  if (tally.other_notes > 0) {
    text += fmt::format("\n  {} x other notes (see them with -v)", grouped(tally.other_notes));
  }
  if (tally.failed > 0) {
    text += fmt::format("\n  {} failed", grouped(tally.failed));
    if (summary.quarantined > 0) {
      text += fmt::format(", {} of them quarantined (their worker process was lost)",
                          grouped(summary.quarantined));
    }
    text += " (named above)";
  }
  if (interrupted) {
    text +=
        "\n  interrupted: the rest was not done; the same command with --resume goes on from here";
  } else if (summary.stop_reason) {
    text += "\n  " + printable(summary.stop_reason->describe());
  } else if (summary.stopped) {
    text += tally.failed > 0 ? "\n  stopped at a failure (--fail-fast): the rest was not done"
                             : "\n  stopped: the rest was not done";
  }
  return text;
}

}  // namespace imgmill::cli
