#include <fmt/format.h>

#include "base/text.h"
#include "commands/commands.h"
#include "commands/places.h"
#include "store/cache.h"

namespace imgmill::cli {

Status cache_command(const CacheCommandOptions& options, Screen& screen) {
  const auto usual = cache_place();
  if (options.folder.empty() && !usual) {
    return report_error(
        screen, "cache",
        Error(ErrorCode::usage, "there is no home folder, so there is no usual cache",
              "name one with --cache DIR"));
  }
  const std::filesystem::path folder = options.folder.empty() ? *usual : options.folder;
  if (options.action == CacheCommandOptions::Action::clear) {
    const auto cleared = Cache::clear(folder);
    if (!cleared) return report_error(screen, "cache", cleared.error());
    screen.line(fmt::format("the cache in {} is empty", printable(folder)));
    return Status::well;
  }
  std::error_code error;
  CacheStats stats;
  // Showing the cache must not create it.
  if (std::filesystem::exists(folder, error)) {
    std::string note;
    auto cache = Cache::open(folder, CacheOptions{}.max_bytes, note);
    if (!cache) return report_error(screen, "cache", cache.error());
    if (!note.empty()) screen.trouble("warning:", " " + printable(note));
    const auto counted = (*cache)->stats();
    if (!counted && (*cache)->damaged()) {
      cache->reset();
      const auto moved = Cache::move_aside(folder);
      return report_error(screen, "cache",
                          moved ? Error(ErrorCode::environment, *moved) : moved.error());
    }
    if (!counted) return report_error(screen, "cache", counted.error());
    stats = *counted;
  }
  const bool told =
      screen.data(fmt::format("folder    {}\nresults   {}\nfiles     {} known by their time "
                              "stamps\nobjects   {}\nsize      "
                              "{}\n",
                              printable(folder), grouped(stats.results), grouped(stats.files),
                              grouped(stats.objects), human_size(stats.bytes)));
  return told ? Status::well : Status::some_failed;
}

}  // namespace imgmill::cli
