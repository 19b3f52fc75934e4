#include "batch/stores.h"

namespace imgmill {

Stores::Stores(const BatchOptions& options) {
  const auto take = [&](auto opened, auto& store, std::string note, std::string_view without) {
    if (!opened) {
      warnings_.push_back(std::move(opened).error().within(std::string(without)));
      return;
    }
    store = *std::move(opened);
    if (!note.empty()) warnings_.emplace_back(ErrorCode::environment, std::move(note));
  };
  if (options.cache) {
    std::string note;
    auto opened = Cache::open(options.cache->folder, options.cache->max_bytes, note);
    take(std::move(opened), cache_, std::move(note), "working without a cache");
    cache_folder_ = options.cache->folder;
  }
  // A run that writes nothing leaves nothing to resume.
  if (options.journal && options.dry_run == DryRun::no) {
    std::string note;
    const Resume resume = options.journal->resume ? Resume::yes : Resume::no;
    auto opened = Journal::open(options.journal->folder, options.journal->batch, resume, note);
    take(std::move(opened), journal_, std::move(note), "working without a journal");
  }
}

std::vector<Error> Stores::finish(const BatchSummary& summary) {
  // After failures the journal is kept, so that a resumed run retries only what failed.
  if (journal_ && summary.failed == 0 && !summary.stopped) journal_->finish();
  journal_.reset();
  if (!cache_) return {};
  cache_->flush();
  const bool damaged = cache_->damaged();
  const std::optional<Error> failure = cache_->failure();
  cache_.reset();
  if (damaged) {
    auto moved = Cache::move_aside(cache_folder_);
    if (!moved) return {std::move(moved).error()};
    return {Error(ErrorCode::environment, *std::move(moved))};
  }
  if (!failure) return {};
  Error warning = *failure;
  return {std::move(warning).within("not all results of this run are remembered")};
}

}  // namespace imgmill
