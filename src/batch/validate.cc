#include "batch/validate.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <exception>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "batch/collision.h"
#include "imgmill/maker.h"
#include "metadata/raw_file.h"
#include "platform/file.h"
#include "platform/thread.h"
#include "schema/json_settings.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t settings_remembered = 1024;

/// The folder part of a path, without constructing path objects.
std::string_view folder_of(const fs::path& file) {
  const std::string_view text = file.native();
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos) return {};
  return slash == 0 ? text.substr(0, 1) : text.substr(0, slash);
}

std::string_view name_of_file(const fs::path& file) {
  const std::string_view text = file.native();
  return text.substr(text.rfind('/') + 1);
}

std::unexpected<Error> not_an_image(const fs::path& file, ByteView start) {
  if (const auto raw = camera_raw_by_start(start)) {
    return fail(ErrorCode::unsupported, fmt::format("'{}' is a camera's {}", printable(file), *raw),
                "develop it with a raw converter first; it was left as it is");
  }
  return fail(ErrorCode::bad_input,
              fmt::format("'{}' is not an image imgmill knows", printable(file)),
              fmt::format("imgmill reads {}", format_list()));
}

void note_misnaming(const fs::path& file, Format format, std::vector<std::string>& notes) {
  const std::string_view name = name_of_file(file);
  const std::optional<Format> named = format_of_name(name);
  if (!named || named == format) return;
  notes.push_back(fmt::format("is a {} named .{}", upper_name(format),
                              printable(name.substr(name.rfind('.') + 1))));
}

/// SVG stays SVG, so its output must not be named otherwise; an input that was misnamed may keep
/// its name.
Result<void> check_drawing(const ImageTask& task) {
  const std::optional<Format> named = format_of_name(name_of_file(task.output_path));
  const bool as_before =
      named == format_of_name(name_of_file(task.input_path)) && !task.settings->choose_format;
  if (!named || named == Format::svg || as_before) return {};
  return fail(ErrorCode::unsupported,
              fmt::format("'{}' is a drawing and stays SVG, but its output is to be '{}'",
                          printable(task.input_path), printable(task.output_path)),
              "give the output a name that ends with .svg");
}

/// Nothing else becomes SVG, but an input that was misnamed may keep its name.
Result<void> check_picture(const ImageTask& task, Format format) {
  const std::optional<Format> named = format_of_name(name_of_file(task.output_path));
  if (named != Format::svg || named == format_of_name(name_of_file(task.input_path))) return {};
  return fail(
      ErrorCode::usage,
      fmt::format("'{}' is a {} and does not become a drawing, as its output '{}' says",
                  printable(task.input_path), upper_name(format), printable(task.output_path)),
      "give the output another extension");
}

std::vector<fs::path> outputs_of(const ImageTask& task) {
  return possible_output_paths(task.output_path, *task.settings, name_of_file(task.input_path));
}

/// Checks that files can be created in `folder`, or in its nearest existing ancestor. Returns
/// whether `folder` itself exists.
Result<bool> check_folder(std::string_view folder) {
  bool exists = true;
  fs::path at = folder.empty() ? fs::path(".") : fs::path(folder);
  for (;;) {
    IMGMILL_TRY(const std::optional<FileFacts> facts, facts_of(at));
    if (facts && facts->kind != FileKind::folder) {
      return fail(ErrorCode::environment,
                  fmt::format("'{}' is a file, so no output can go below it", printable(at)),
                  "choose another output folder");
    }
    if (facts) break;
    exists = false;
    at = at.has_parent_path() && at.parent_path() != at ? at.parent_path() : fs::path(".");
  }
  IMGMILL_CHECK(check_writable_folder(at));
  return exists;
}

}  // namespace

Validator::Validator(ValidationRules rules, int threads) : rules_(rules) {
  for (int i = 1; i < threads; ++i) {
    helpers_.emplace_back([this](const std::stop_token& stop) { help(stop); });
  }
}

Validator::~Validator() = default;

void Validator::validate(std::span<const ImageTask> tasks, std::span<Verdict> verdicts) {
  if (tasks.empty()) return;
  // For a task or two, waking the other threads takes longer than the work.
  const bool with_help = tasks.size() > 2 && !helpers_.empty();
  {
    const std::lock_guard lock(mutex_);
    tasks_ = tasks;
    verdicts_ = verdicts;
    next_ = 0;
    if (with_help) {
      helpers_busy_ = helpers_.size();
      ++generation_;
    }
  }
  if (with_help) chunk_ready_.notify_all();
  work(last_folder_);
  std::unique_lock lock(mutex_);
  chunk_done_.wait(lock, [&] { return helpers_busy_ == 0; });
}

void Validator::help(const std::stop_token& stop) {
  name_this_thread("imgmill-check");
  LastFolder last_folder;
  std::uint64_t seen = 0;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (!chunk_ready_.wait(lock, stop, [&] { return generation_ != seen; })) return;
      seen = generation_;
    }
    work(last_folder);
    const std::lock_guard lock(mutex_);
    if (--helpers_busy_ == 0) chunk_done_.notify_one();
  }
}

void Validator::work(LastFolder& last_folder) {
  for (std::size_t i = next_++; i < tasks_.size(); i = next_++) {
    verdicts_[i] = verdict_on(tasks_[i], last_folder);
  }
}

Verdict Validator::verdict_on(const ImageTask& task, LastFolder& last_folder) {
  Verdict verdict;
  try {
    if (Result<void> judged = judge(task, last_folder, verdict); !judged) {
      verdict.error = std::move(judged).error();
    }
  } catch (const std::exception& exception) {
    verdict.error = Error(ErrorCode::internal, fmt::format("unexpected: {}", exception.what()));
  }
  if (verdict.error) verdict.kind = Verdict::Kind::bad;
  return verdict;
}

Result<void> Validator::judge(const ImageTask& task, LastFolder& last_folder, Verdict& verdict) {
  if (task.input_path.empty() || task.output_path.empty() || !task.settings) {
    return fail(ErrorCode::usage, "a task needs an input, an output and settings");
  }
  IMGMILL_CHECK(judge_settings(task, verdict));
  if (rules_.memory) {
    IMGMILL_TRY(const bool done, done_already(task, verdict));
    if (done) return {};
  }

  IMGMILL_TRY(const OpenFile file, open_file(task.input_path));
  verdict.size = file.facts.size;
  if (verdict.size == 0) {
    return fail(ErrorCode::bad_input, fmt::format("'{}' is empty", printable(task.input_path)),
                "get the file again from where it came from");
  }
  if (verdict.size > rules_.limits.max_input_bytes) {
    return std::unexpected(too_large(task.input_path, verdict.size, rules_.limits.max_input_bytes));
  }
  std::array<std::byte, sniff_bytes> start{};
  IMGMILL_TRY(const std::size_t got, read_start(file, task.input_path, start));
  verdict.format = sniff(std::span(start).first(got));
  if (!verdict.format) return not_an_image(task.input_path, std::span(start).first(got));

  note_misnaming(task.input_path, *verdict.format, verdict.notes);
  IMGMILL_CHECK(*verdict.format == Format::svg ? check_drawing(task)
                                               : check_picture(task, *verdict.format));
  if (!rules_.write) return {};
  return judge_output(task, file.facts, last_folder, verdict);
}

Result<void> Validator::judge_settings(const ImageTask& task, Verdict& verdict) {
  // Resizing by a percentage twice gives a different result than once.
  verdict.idempotent = task.settings->resize.mode != ResizeMode::percent;
  const std::lock_guard lock(settings_mutex_);
  auto found = settings_.find(task.settings.get());
  if (found == settings_.end()) {
    if (settings_.size() >= settings_remembered) settings_.clear();
    JudgedSettings judged{task.settings, std::nullopt, {}};
    const Result<void> valid = imgmill::validate(*task.settings);
    if (!valid) judged.error = valid.error();
    if (valid && rules_.memory) {
      judged.recipe = recipe_hash(json_of(*task.settings).dump(), maker());
    }
    found = settings_.emplace(task.settings.get(), std::move(judged)).first;
  }
  if (found->second.error) return std::unexpected(*found->second.error);
  verdict.recipe = found->second.recipe;
  return {};
}

/// Returns true if an earlier run has done the task and nothing has changed since, judging by time
/// stamps. Neither input nor output is opened in that case.
Result<bool> Validator::done_already(const ImageTask& task, Verdict& verdict) const {
  IMGMILL_TRY(const std::optional<FileFacts> input, facts_of(task.input_path));
  if (!input || input->kind != FileKind::regular) return false;
  verdict.size = input->size;
  for (const fs::path& path : outputs_of(task)) {
    IMGMILL_TRY(const bool done, done_already(task, *input, path, verdict));
    if (!done) continue;
    verdict.output_path = path;
    verdict.kind = Verdict::Kind::done;
    verdict.format = verdict.known->input_format;
    note_misnaming(task.input_path, *verdict.format, verdict.notes);
    return true;
  }
  return false;
}

/// The same for one possible output.
Result<bool> Validator::done_already(const ImageTask& task, const FileFacts& input,
                                     const fs::path& path, Verdict& verdict) const {
  const bool in_place = task.input_path.native() == path.native();
  std::optional<FileFacts> output = input;
  if (rules_.write && !in_place) {
    IMGMILL_TRY(output, facts_of(path));
    if (!output) return false;
  }
  if (rules_.write && rules_.memory.journal != nullptr) {
    if (auto record = rules_.memory.journal->done(path, input, *output)) {
      verdict.known = std::move(record->result);
      verdict.size = record->original_size;
      verdict.resumed = true;
    }
  }
  const bool may_be_skipped = rules_.write && rules_.existing == ExistingOutput::skip;
  if (!verdict.known && rules_.memory.cache != nullptr && !may_be_skipped) {
    verdict.known = rules_.memory.cache->unchanged(
        task.input_path, input, rules_.write ? &path : nullptr, &*output, verdict.recipe);
  }
  return verdict.known.has_value();
}

Result<void> Validator::judge_output(const ImageTask& task, const FileFacts& input,
                                     LastFolder& last_folder, Verdict& verdict) {
  const std::string_view folder = folder_of(task.output_path);
  if (!last_folder.known || last_folder.folder != folder) {
    last_folder = {std::string(folder), true, false, std::nullopt};
    if (Result<bool> exists = check_folder(folder)) {
      last_folder.exists = *exists;
      if (rules_.memory.journal != nullptr && *exists) rules_.memory.journal->clean(folder);
    } else {
      last_folder.error = std::move(exists).error();
    }
  }
  const bool in_place = task.input_path.native() == task.output_path.native();
  // Files in a folder that did not exist a moment ago were written by this batch.
  if (in_place || !last_folder.exists) {
    verdict.place_failed = last_folder.error.has_value();
    if (last_folder.error) return std::unexpected(*last_folder.error);
    return {};
  }
  std::optional<FileFacts> output;
  bool planned_is_there = false;
  for (const fs::path& path : outputs_of(task)) {
    IMGMILL_TRY(const std::optional<FileFacts> there, facts_of(path));
    if (!there) continue;
    if (there->same_file(input)) {
      return fail(ErrorCode::usage,
                  fmt::format("'{}' and its output '{}' are the same file",
                              printable(task.input_path), printable(path)),
                  "use --in-place to replace originals, or choose another output folder");
    }
    output = there;
    verdict.output_path = path;
    planned_is_there = planned_is_there || path == task.output_path;
    if (rules_.existing != ExistingOutput::overwrite || rules_.tasks == nullptr) continue;
    if (const std::optional<fs::path> other = rules_.tasks->input_at(path)) {
      return std::unexpected(would_replace_input(task.input_path, *other));
    }
  }
  if (output && rules_.existing == ExistingOutput::skip) {
    verdict.kind = Verdict::Kind::skip;
    verdict.output_size = output->size;
    return {};
  }
  // Which output is in the way is not known before the format is, unless it has been asked for; few
  // files stay in their own.
  const bool known = !task.settings->choose_format && planned_is_there;
  if (output && rules_.existing == ExistingOutput::refuse && known) {
    // It may be identical to the file that would be written; the content of the input decides.
    if (rules_.resume) {
      verdict.existing = Job::Existing::compare;
    } else if (rules_.memory.cache != nullptr) {
      verdict.existing = Job::Existing::must_be_ours;
    } else {
      return std::unexpected(output_exists(task.output_path));
    }
  }
  verdict.place_failed = last_folder.error.has_value();
  if (last_folder.error) return std::unexpected(*last_folder.error);
  return {};
}

}  // namespace imgmill
