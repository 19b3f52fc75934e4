// Pictures for the page: thumbnails, browser-compatible views, and trials of other settings.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "imgmill/batch.h"
#include "server/http/http.h"
#include "server/jobs/jobs.h"

namespace imgmill::server {

/// An image encoded with trial settings.
struct Variant {
  std::uint32_t number = 0;
  OptimizationResult result;
  std::string settings_text;
  std::filesystem::path file;
};
[[nodiscard]] Json variant_json(const Variant& variant);

/// Makes pictures in the workers and stores them in the workspace. This process parses no image.
/// Thread-safe; calls block until the work is done.
class Pictures {
 public:
  static constexpr std::size_t variants_kept = 8;  ///< the latest ones of each image

  Pictures(Jobs& jobs, ImageOptimizer& optimizer, Limits limits)
      : jobs_(jobs), optimizer_(optimizer), limits_(limits) {}

  /// Returns the bytes of an image that `which` names: "original", "output", "variant:3".
  [[nodiscard]] Answer<Buffer> bytes_of(std::string_view id, const ImageRow& row,
                                        std::string_view which);

  /// Returns the picture to compare `which` with: the original or, if `which` was made at another
  /// size, the original resized to it.
  [[nodiscard]] Answer<Buffer> reference_for(std::string_view id, const ImageRow& row,
                                             std::string_view which);

  /// Returns a WebP with a longest side of at most `size` pixels.
  [[nodiscard]] Answer<Response> thumbnail(std::string_view id, const ImageRow& row, int size);
  /// Returns the image as it is if browsers know the format, else converted losslessly to one that
  /// they know.
  [[nodiscard]] Answer<Response> view(std::string_view id, const ImageRow& row,
                                      std::string_view which);
  [[nodiscard]] Answer<Variant> try_out(std::string_view id, const ImageRow& row,
                                        const std::string& settings_text);
  /// Makes a variant the output of its image.
  [[nodiscard]] Answer<ImageRow> use(std::string_view id, std::uint32_t index,
                                     std::uint32_t number);
  /// Drops all state of a job.
  void forget(std::string_view id);

 private:
  using Key = std::pair<std::string, std::uint32_t>;
  [[nodiscard]] Answer<Variant> variant(std::string_view id, std::uint32_t index,
                                        std::uint32_t number);
  /// Returns the settings with which `which` was made.
  [[nodiscard]] Answer<ImageSettings> settings_of(std::string_view id, const ImageRow& row,
                                                  std::string_view which);
  [[nodiscard]] Answer<std::filesystem::path> cached(std::string_view id, const std::string& name);

  Jobs& jobs_;
  ImageOptimizer& optimizer_;
  const Limits limits_;
  std::mutex mutex_;
  std::map<Key, std::deque<Variant>> variants_;
  std::map<Key, std::uint32_t> numbers_;  ///< the last variant number assigned
};

/// Reads a whole open file. Errors: limit, environment.
[[nodiscard]] Result<Buffer> contents_of(const OpenFile& file, std::uint64_t max_bytes);

}  // namespace imgmill::server
