#include "pipeline/same_work.h"

#include "base/file_names.h"

namespace imgmill {

bool SameWork::begin(LoadedJob& loaded) {
  const std::lock_guard lock(mutex_);
  const auto [entry, first] =
      under_way_.try_emplace(key_of(loaded.content, loaded.job.recipe), std::vector<LoadedJob>());
  if (!first) entry->second.push_back(std::move(loaded));
  return first;
}

std::vector<LoadedJob> SameWork::end(const ContentHash& content, const ContentHash& recipe) {
  const std::lock_guard lock(mutex_);
  const auto entry = under_way_.find(key_of(content, recipe));
  if (entry == under_way_.end()) return {};
  std::vector<LoadedJob> waiters = std::move(entry->second);
  under_way_.erase(entry);
  return waiters;
}

ProcessedJob twin_of(const ProcessedJob& done, LoadedJob waiter) {
  ProcessedJob twin;
  const Optimized& output = done.output;
  twin.output = {output, output.format, output.input_format, Buffer::copy_of(output.bytes.view())};
  twin.content = waiter.content;
  twin.shared = true;
  twin.elapsed = waiter.elapsed;
  twin.input.facts = waiter.input.facts;
  if (done.output.decision == Decision::kept) {
    twin.input.bytes = std::move(waiter.input.bytes);
  } else {
    waiter.input.bytes = {};
  }
  twin.permit = std::move(waiter.permit);
  twin.permit.resize(twin.bytes().size());
  twin.job = std::move(waiter.job);
  ImageTask& task = twin.job.task;
  task.output_path = output_path_for(task.output_path, *task.settings, twin.output.format);
  return twin;
}

}  // namespace imgmill
