#include "batch/path_patterns.h"

#include <fmt/core.h>

#include <algorithm>
#include <span>

#include "base/text.h"
#include "base/try.h"

namespace imgmill {
namespace {

constexpr std::size_t most_alternatives = 1000;

std::unexpected<Error> wrong(std::string_view pattern, std::string_view why) {
  return fail(ErrorCode::usage, fmt::format("the pattern '{}' {}", printable(pattern), why),
              "write for example '*.png', 'drafts/' or 'photos/**/raw-*'");
}

/// Returns the end of the alternatives that begin with the brace at `open`; npos: not closed.
std::size_t closing_brace(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// Splits at the commas between alternatives, but not at those in nested braces.
std::vector<std::string_view> alternatives(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t depth = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}') {
      --depth;
    } else if (text[i] == ',' && depth == 0) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

/// Expands "{a,b}c" to "ac" and "bc".
Result<std::vector<std::string>> expanded(const std::string& pattern) {
  std::vector<std::string> done;
  std::vector<std::string> waiting = {pattern};
  while (!waiting.empty()) {
    const std::string text = std::move(waiting.back());
    waiting.pop_back();
    std::size_t open = 0;
    while (open < text.size() && text[open] != '{') open += text[open] == '\\' ? 2 : 1;
    if (open >= text.size()) {
      done.push_back(text);
    } else {
      const std::size_t close = closing_brace(text, open);
      if (close == std::string::npos) return wrong(pattern, "has a { that is not closed");
      const std::string_view inner = std::string_view(text).substr(open + 1, close - open - 1);
      for (const std::string_view one : alternatives(inner)) {
        waiting.push_back(text.substr(0, open) + std::string(one) + text.substr(close + 1));
      }
    }
    if (done.size() + waiting.size() > most_alternatives) {
      return wrong(pattern, fmt::format("stands for more than {} others", most_alternatives));
    }
  }
  return done;
}

/// Length of the UTF-8 character at the start of `text`; 1 if it is invalid.
std::size_t character(std::string_view text) {
  std::size_t bytes = 1;
  while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xc0U) == 0x80U) ++bytes;
  return bytes;
}

/// One element of a pattern: how much of `name` it matches, and its own length.
struct Step {
  bool fits = false;
  std::size_t of_pattern = 1;
  std::size_t of_name = 1;
};

/// `[a-z]` and `[!a-z]`; `pattern` begins with the bracket and contains its end.
Step match_class(std::string_view pattern, std::string_view name) {
  const std::size_t end = pattern.find(']', pattern.starts_with("[!]") ? 3 : 2);
  std::string_view set = pattern.substr(1, end - 1);
  const bool negative = set.starts_with('!');
  if (negative) set.remove_prefix(1);
  const char c = lower_case(name.front());
  bool found = false;
  while (!set.empty()) {
    const char low = lower_case(set.front());
    const bool range = set.size() > 2 && set[1] == '-';
    const char high = range ? lower_case(set[2]) : low;
    found = found || (c >= low && c <= high);
    set.remove_prefix(range ? 3 : 1);
  }
  return {found != negative, end + 1, character(name)};
}

Step match_one(std::string_view pattern, std::string_view name) {
  if (pattern.front() == '?') return {true, 1, character(name)};
  if (pattern.front() == '[') return match_class(pattern, name);
  const std::size_t skip = pattern.front() == '\\' && pattern.size() > 1 ? 1 : 0;
  return {lower_case(pattern[skip]) == lower_case(name.front()), skip + 1, 1};
}

/// Matches one name. Backtracks to the last star only, which is sufficient and bounds the time by
/// the product of both lengths.
bool match_name(std::string_view pattern, std::string_view name) {
  std::string_view after_star;
  std::string_view star_name;
  bool star = false;
  while (!name.empty()) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      star = true;
      after_star = pattern;
      star_name = name;
      continue;
    }
    const Step step = pattern.empty() ? Step{} : match_one(pattern, name);
    if (step.fits) {
      pattern.remove_prefix(step.of_pattern);
      name.remove_prefix(step.of_name);
      continue;
    }
    if (!star) return false;
    star_name.remove_prefix(1);
    name = star_name;
    pattern = after_star;
  }
  return pattern.find_first_not_of('*') == std::string_view::npos;
}

/// The same for lists of names, with "**" in the role of the star.
bool match_parts(std::span<const std::string> pattern, std::span<const std::string_view> path) {
  std::span<const std::string> after_stars;
  std::span<const std::string_view> stars_path;
  bool stars = false;
  while (!path.empty()) {
    if (!pattern.empty() && pattern.front() == "**") {
      pattern = pattern.subspan(1);
      stars = true;
      after_stars = pattern;
      stars_path = path;
      // At the end it matches everything below the folder, but not the folder itself.
      if (pattern.empty()) return true;
      continue;
    }
    if (!pattern.empty() && match_name(pattern.front(), path.front())) {
      pattern = pattern.subspan(1);
      path = path.subspan(1);
      continue;
    }
    if (!stars) return false;
    stars_path = stars_path.subspan(1);
    path = stars_path;
    pattern = after_stars;
  }
  return pattern.empty();
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) parts.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

/// True if every bracket is closed.
bool closes_classes(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '[') {
      i = text.find(']', i + (text.substr(i).starts_with("[!") ? 3 : 2));
      if (i == std::string_view::npos) return false;
    }
  }
  return true;
}

}  // namespace

Result<PathPatterns::Pattern> PathPatterns::parsed(const std::string& text) {
  Pattern pattern;
  std::string_view rest = text;
  while (rest.starts_with("./")) rest.remove_prefix(2);
  pattern.folders_only = rest.ends_with('/');
  while (rest.ends_with('/')) rest.remove_suffix(1);
  pattern.whole_path = rest.contains('/');
  for (const std::string_view part : parts_of(rest)) {
    if (!closes_classes(part)) return wrong(text, "has a [ that is not closed");
    pattern.parts.emplace_back(part);
  }
  if (pattern.parts.empty()) return wrong(text, "says nothing");
  return pattern;
}

Result<PathPatterns> PathPatterns::parse(const std::vector<std::string>& patterns) {
  PathPatterns result;
  for (const std::string& pattern : patterns) {
    IMGMILL_TRY(const std::vector<std::string> all, expanded(pattern));
    for (const std::string& one : all) {
      IMGMILL_TRY(Pattern read, parsed(one));
      read.text = result.texts_.size();
      result.patterns_.push_back(std::move(read));
    }
    result.texts_.push_back(pattern);
  }
  result.has_matched_.resize(result.texts_.size());
  return result;
}

std::vector<std::string> PathPatterns::idle() const {
  std::vector<std::string> idle;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (!has_matched_[i]) idle.push_back(texts_[i]);
  }
  return idle;
}

/// `parts`: the split path, filled on first use.
bool PathPatterns::match(const Pattern& pattern, std::string_view path,
                         std::vector<std::string_view>& parts, std::span<const std::string> root) {
  if (!pattern.whole_path) {
    return match_name(pattern.parts.front(), path.substr(path.rfind('/') + 1));
  }
  if (parts.empty()) parts = parts_of(path);
  if (match_parts(pattern.parts, parts)) return true;
  const std::span<const std::string> names = pattern.parts;
  return !root.empty() && names.size() > root.size() &&
         std::ranges::equal(names.first(root.size()), root) &&
         match_parts(names.subspan(root.size()), parts);
}

bool PathPatterns::match(std::string_view path, std::span<const std::string> root,
                         bool folder) const {
  bool matches = false;
  std::vector<std::string_view> parts;
  for (const Pattern& pattern : patterns_) {
    // Once it is decided, only patterns that have never matched are still of interest.
    if ((matches && has_matched_[pattern.text]) || (pattern.folders_only && !folder)) continue;
    if (!match(pattern, path, parts, root)) continue;
    matches = true;
    has_matched_[pattern.text] = true;
  }
  return matches;
}

}  // namespace imgmill
