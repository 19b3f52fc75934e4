// Sets for web pages: each picture in several widths and formats, a manifest, and HTML.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>

#include "imgmill/batch.h"
#include "sets/set_options.h"

namespace imgmill {

/// Takes format and size out of the settings of a picture, since the set decides about both.
void leave_to_set(ImageSettings& settings, const SetOptions& options);

struct SetRequest {
  /// Inputs, output folder and settings, all of them as leave_to_set() makes them; `name` is
  /// ignored.
  PlanRequest plan;
  SetOptions options;
  std::optional<std::filesystem::path> manifest;  ///< replaced if it exists
};

/// Where pictures are processed. All functions are thread-safe.
struct SetTools {
  std::function<Result<Optimized>(ByteView, const ImageSettings&, const Limits&)> optimize;
  std::function<Result<Placeholder>(ByteView, const Limits&)> placeholder;
  int width = 1;  ///< calls at once
};

/// Makes sets: one result for each input, which stands for all its variants. A set is written when
/// all of its variants are made, or not at all. What is up to date, judging by the records beside
/// the cache, is left as it is. `tools` is called when the first picture has to be decoded.
///
/// Of `options`, `cache`, `existing` (but not `skip`), `on_failure`, `byte_budget`, `limits` and
/// `max_environment_failures` hold. On a stop, pictures in work end after what is being encoded,
/// and the manifest stays as it was.
/// Errors: usage (wrong options); environment (the manifest cannot be written, no workers).
[[nodiscard]] Result<BatchSummary> make_sets(SetRequest request, const BatchOptions& options,
                                             const std::function<Result<SetTools>()>& tools,
                                             BatchObserver& observer, std::stop_token stop = {});

}  // namespace imgmill
