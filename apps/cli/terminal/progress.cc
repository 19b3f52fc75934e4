#include "terminal/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "terminal/columns.h"

namespace imgmill::cli {
namespace {

constexpr std::string_view gap = "  ";
constexpr std::size_t widest_bar = 32;    // inside the brackets
constexpr std::size_t narrowest_bar = 8;  // narrower bars are useless
constexpr std::size_t shortest_name = 12;

std::string bar(double share, std::size_t inside) {
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(inside));
  std::string text(std::min(filled, inside), '=');
  if (text.size() < inside) text += '>';
  text.resize(inside, ' ');
  return "[" + text + "]";
}

std::string count_text(const Progress& progress) {
  return fmt::format("{}/{}{}", grouped(progress.done), grouped(progress.known),
                     progress.complete ? "" : "+");
}

std::string rate_text(const Progress& progress) {
  return progress.per_second > 0 ? fmt::format("{:.1f} img/s", progress.per_second) : "";
}

double share_done(const Progress& progress) {
  return progress.known == 0 ? 0
                             : std::min(1.0, static_cast<double>(progress.done) /
                                                 static_cast<double>(progress.known));
}

std::string percent_text(const Progress& progress) {
  if (!progress.complete || progress.known == 0) return "";
  return fmt::format("{}%", static_cast<int>(100 * share_done(progress)));
}

}  // namespace

void Progress::add(const OptimizationResult& result) {
  ++done;
  if (!result.success()) {
    ++failed;
  } else if (result.decision != Decision::skipped && result.decision != Decision::planned) {
    bytes_before += result.original_size;
    bytes_after += result.optimized_size;
  }
}

std::optional<std::chrono::seconds> Progress::time_left() const {
  if (!complete || per_second <= 0 || done == 0 || done >= known) return std::nullopt;
  const double seconds = static_cast<double>(known - done) / per_second;
  if (seconds > 1e8) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(seconds)));
}

double saved_percent(std::uint64_t before, std::uint64_t after) {
  if (before == 0) return 0;
  return 100 * (static_cast<double>(before) - static_cast<double>(after)) /
         static_cast<double>(before);
}

std::string saved_text(std::uint64_t before, std::uint64_t after) {
  if (before == 0) return "";
  const double percent = saved_percent(before, after);
  if (after > before) {
    return fmt::format("grew by {} ({:.0f}%)", human_size(after - before), -percent);
  }
  return fmt::format("saved {} ({:.0f}%)", human_size(before - after), percent);
}

std::string render_bar(const Progress& progress, std::size_t width) {
  const std::string count = count_text(progress);
  const std::string percent = percent_text(progress);
  const std::string saved = saved_text(progress.bytes_before, progress.bytes_after);
  const std::string rate = rate_text(progress);
  const auto left = progress.time_left();
  const std::string remaining = left ? human_duration(*left) + " left" : "";

  // In order of importance; each part is shown while it fits.
  enum Part { part_count, part_percent, part_bar, part_left, part_saved, part_rate, parts };
  std::array<const std::string*, parts> texts{};
  const std::string smallest_bar(narrowest_bar + 2, ' ');
  texts[part_count] = &count;
  texts[part_percent] = &percent;
  texts[part_bar] = progress.known > 0 ? &smallest_bar : nullptr;
  texts[part_left] = &remaining;
  texts[part_saved] = &saved;
  texts[part_rate] = &rate;
  std::array<bool, parts> shown{};
  std::size_t used = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    if (texts[part] == nullptr || texts[part]->empty()) continue;
    const std::size_t more = columns(*texts[part]) + (used > 0 ? gap.size() : 0);
    if (used + more > width) break;
    used += more;
    shown[part] = true;
  }
  if (used == 0) return fitted(count, width);

  std::size_t room = width - used;
  std::string name;
  if (!progress.current.empty() && room >= gap.size() + shortest_name) {
    // The name gets two thirds of the remaining width, the bar the rest.
    const std::size_t most = std::max(shortest_name, (room - gap.size()) * 2 / 3);
    name = fitted(progress.current, most);
    room -= gap.size() + columns(name);
  }
  const std::size_t inside = std::min(widest_bar, narrowest_bar + room);

  std::string line;
  const auto put = [&](std::string_view text) {
    if (text.empty()) return;
    if (!line.empty()) line += line.back() == ']' ? " " : gap;
    line += text;
  };
  // Percentages and the bar mean nothing while the total still grows.
  if (shown[part_bar]) put(bar(progress.complete ? share_done(progress) : 0, inside));
  put(count);
  if (shown[part_percent]) put(percent);
  if (shown[part_saved]) put(saved);
  if (shown[part_rate]) put(rate);
  if (shown[part_left]) put(remaining);
  put(name);
  return line;
}

std::string render_line(const Progress& progress) {
  std::string line = fmt::format("{} of {}{} images", grouped(progress.done),
                                 grouped(progress.known), progress.complete ? "" : "+");
  const auto put = [&](const std::string& text) {
    if (!text.empty()) line += ", " + text;
  };
  put(percent_text(progress));
  put(saved_text(progress.bytes_before, progress.bytes_after));
  put(rate_text(progress));
  if (const auto left = progress.time_left()) put(human_duration(*left) + " left");
  return line;
}

double Pace::at(Clock::time_point now, std::uint64_t done) {
  // Two marks, moved in turn, so that the older one is between one and two spans old.
  if (now - mid_time_ >= span) {
    old_time_ = mid_time_;
    old_done_ = mid_done_;
    mid_time_ = now;
    mid_done_ = done;
  }
  const double seconds = std::chrono::duration<double>(now - old_time_).count();
  return seconds < 0.5 ? 0 : static_cast<double>(done - old_done_) / seconds;
}

}  // namespace imgmill::cli
