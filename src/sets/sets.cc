#include "sets/sets.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "base/try.h"
#include "batch/collector.h"
#include "batch/plan_rules.h"
#include "batch/stores.h"
#include "imgmill/maker.h"
#include "schema/json_settings.h"
#include "sets/set_entry.h"
#include "sets/set_team.h"
#include "store/set_records.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// Everything that all sets depend on besides their settings.
std::string identity_of(const SetOptions& options) {
  std::string text = fmt::format("{}\n{}\n{}\n", maker(), fmt::join(device_widths(options), ","),
                                 fmt::join(options.densities, ","));
  for (const Format format : options.formats) text += std::string(info(format).name) + ",";
  text += fmt::format("\n{}\n", options.name);
  if (options.html) {
    text += fmt::format("{}\n{}\n{}", static_cast<int>(*options.html), options.sizes, options.base);
  }
  return text;
}

/// Makes the sets of one request.
class Run {
 public:
  Run(const SetRequest& request, const BatchOptions& options, VariantNames names,
      BatchObserver& observer, std::stop_token stop)
      : request_(request),
        options_(options),
        names_(std::move(names)),
        on_outer_stop_(std::move(stop), [this] { stop_.request_stop(); }),
        collector_(observer, options.on_failure, options.max_environment_failures, stop_),
        stores_(options_) {
    for (const Error& warning : stores_.warnings()) collector_.on_warning(warning);
    open_records();
  }

  Result<BatchSummary> run(TaskSource& source, const std::function<Result<SetTools>()>& tools) {
    source.on_left_out([this](const LeftOut& left_out) { collector_.on_left_out(left_out); });
    look_at_all(source);
    source.on_left_out({});
    if (!tasks_.empty() && !stop_.stop_requested()) IMGMILL_CHECK(make_rest(source, tools));
    // A manifest of half of the pictures would break the page.
    if (request_.manifest && !stop_.stop_requested()) {
      IMGMILL_CHECK(write_manifest(*request_.manifest));
    }
    BatchSummary summary = collector_.finish();
    summary.stopped = stop_.stop_requested();
    if (!summary.stopped) summary.idle_patterns = source.idle_patterns();
    records_.reset();
    for (const Error& warning : stores_.finish(summary)) collector_.on_warning(warning);
    return summary;
  }

 private:
  void open_records() {
    if (!options_.cache) return;
    std::string note;
    auto records = SetRecords::open(options_.cache->folder, note);
    if (records) {
      records_ = *std::move(records);
    } else {
      collector_.on_warning(std::move(records).error().within("working without records of sets"));
    }
    if (!note.empty()) collector_.on_warning(Error(ErrorCode::environment, std::move(note)));
  }

  /// Sorts out what is up to date.
  void look_at_all(TaskSource& source) {
    std::uint64_t count = 0;
    while (!stop_.stop_requested()) {
      std::optional<PlannedTask> planned = source.next();
      if (!planned) break;
      const std::uint64_t index = count++;
      if (!*planned) {
        report_unplanned(index, std::move(*planned).error());
        continue;
      }
      SetTask task{index, **std::move(planned), {}, {}};
      const std::string& output = task.task.output_path.native();
      task.folder = output.substr(0, output.rfind('/') + 1).substr(folder_.size());
      task.recipe = recipe_for(task);
      if (!report_up_to_date(task)) tasks_.push_back(std::move(task));
    }
    collector_.on_planned(count, !stop_.stop_requested());
  }

  ContentHash recipe_for(const SetTask& task) {
    if (records_ == nullptr) return {};
    const ImageSettings* const settings = task.task.settings.get();
    if (settings != last_settings_) {
      last_settings_ = settings;
      settings_text_ = json_of(*settings).dump();
    }
    return recipe_hash(settings_text_,
                       identity_ + '\0' + absolute_.of(request_.plan.output) + '\0' + task.folder);
  }

  bool report_up_to_date(const SetTask& task) {
    if (records_ == nullptr) return false;
    const auto facts = facts_of(task.task.input_path);
    if (!facts || !*facts) return false;
    auto known = records_->up_to_date(task.task.input_path, **facts, task.recipe);
    if (!known) return false;
    OptimizationResult result = result_of(task, Stage::validate);
    result.original_size = (*facts)->size;
    result.optimized_size = known->bytes;
    result.decision = Decision::reencoded;
    result.cached = true;
    add_entry(task.source(), std::move(known->entry));
    collector_.on_result(std::move(result));
    return true;
  }

  void report_unplanned(std::uint64_t index, PlanFailure failure) {
    OptimizationResult result;
    result.index = index;
    result.original_path = std::move(failure.input_path);
    result.stage = Stage::plan;
    result.error = std::move(failure.error);
    collector_.on_result(std::move(result));
  }

  Result<void> make_rest(const TaskSource& source, const std::function<Result<SetTools>()>& tools) {
    IMGMILL_TRY(SetTools made, tools());
    const int threads = std::max(made.width, 1);
    SetWriter writer({request_.options, names_, source, request_.plan.output,
                      options_.existing == ExistingOutput::overwrite, records_.get()});
    SetMaker maker(request_.options, options_, std::move(made), stores_.memory().cache, writer);
    std::vector<std::string> sources;
    SetTeam team(maker,
                 {.on_started = [&](const ImageTask& task) { collector_.on_started(task); },
                  .on_done =
                      [&](SetOutcome outcome) {
                        if (outcome.result.success()) {
                          add_entry(sources[outcome.result.index], std::move(outcome.entry));
                        }
                        collector_.on_result(std::move(outcome.result));
                      }},
                 stop_.get_token());
    for (const SetTask& task : tasks_) {
      sources.resize(task.index + 1);
      sources[task.index] = task.source();
    }
    team.run(std::move(tasks_), threads);
    return {};
  }

  void add_entry(std::string source, std::string entry) {
    if (!request_.manifest) return;
    const std::lock_guard lock(entries_mutex_);
    entries_.insert_or_assign(std::move(source), std::move(entry));
  }

  /// Leaves a manifest alone that says the same.
  Result<void> write_manifest(const fs::path& path) const {
    const std::string text = manifest_of(entries_);
    const auto there = read_file(path, text.size());
    if (there && as_text(there->bytes.view()) == text) return {};
    IMGMILL_CHECK(write_text(path, text, Replace::yes));
    return {};
  }

  const SetRequest& request_;
  const BatchOptions& options_;
  const VariantNames names_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> on_outer_stop_;
  Collector collector_;
  Stores stores_;
  std::unique_ptr<SetRecords> records_;
  const AbsoluteNames absolute_;
  const std::string identity_ = identity_of(request_.options);
  const std::string folder_ = folder_prefix(request_.plan.output);
  const ImageSettings* last_settings_ = nullptr;
  std::string settings_text_;
  std::vector<SetTask> tasks_;
  std::mutex entries_mutex_;
  std::map<std::string, std::string> entries_;  ///< by source
};

}  // namespace

void leave_to_set(ImageSettings& settings, const SetOptions& options) {
  settings.output_format = options.formats.front();
  settings.choose_format = false;
  settings.allowed = ImageSettings{}.allowed;
  Resize kept;
  kept.filter = settings.resize.filter;
  kept.light = settings.resize.light;
  kept.sharpen = settings.resize.sharpen;
  settings.resize = kept;
  // A set leaves formats out that hold no animations; none is to come out in another format.
  if (settings.animation == Animation::keep) settings.animation = Animation::refuse;
}

Result<BatchSummary> make_sets(SetRequest request, const BatchOptions& options,
                               const std::function<Result<SetTools>()>& tools,
                               BatchObserver& observer, std::stop_token stop) {
  IMGMILL_CHECK(validate(request.options));
  if (request.options.name.empty()) request.options.name = VariantNames::usual;
  IMGMILL_TRY(VariantNames names,
              VariantNames::parse(request.options.name, device_widths(request.options).size() > 1));
  PlanRequest plan_request = request.plan;
  // Planned with one variant for each source, so that sources whose sets would have the same names
  // are found.
  plan_request.name = names.has_extension_of_source() ? "{name}-{from}" : "{name}";
  IMGMILL_TRY(const std::unique_ptr<TaskSource> source, plan(std::move(plan_request)));
  return Run(request, options, std::move(names), observer, std::move(stop)).run(*source, tools);
}

}  // namespace imgmill
