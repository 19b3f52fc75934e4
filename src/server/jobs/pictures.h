// Pictures for looking at: thumbnails, what a browser can show, other settings tried out.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "imgmill/batch.h"
#include "server/http/http.h"
#include "server/jobs/jobs.h"

namespace imgmill::server {

/// An image encoded with other settings than its own.
struct Variant {
  std::uint32_t number = 0;
  OptimizationResult result;
  std::string settings_text;
  std::filesystem::path file;
};
[[nodiscard]] Json variant_json(const Variant& variant);

/// Makes pictures in the workers and keeps them in the workspace. No image is parsed in
/// this process. Thread-safe; calls take as long as the work takes.
class Pictures {
 public:
  static constexpr std::size_t variants_kept = 8;  ///< of each image, the last ones

  Pictures(Jobs& jobs, ImageOptimizer& optimizer, Limits limits)
      : jobs_(jobs), optimizer_(optimizer), limits_(limits) {}

  /// Which bytes of an image are meant: "original", "output", "variant:3".
  [[nodiscard]] Answer<Buffer> bytes_of(std::string_view id, const ImageRow& row,
                                        std::string_view which);

  /// What `which` is to be compared with: the original or, where `which` was made at another size,
  /// the original at that size.
  [[nodiscard]] Answer<Buffer> reference_for(std::string_view id, const ImageRow& row,
                                             std::string_view which);

  /// WebP, its longest side at most `size` pixels.
  [[nodiscard]] Answer<Response> thumbnail(std::string_view id, const ImageRow& row, int size);
  /// As it is where browsers know the format, else without loss in one that they know.
  [[nodiscard]] Answer<Response> view(std::string_view id, const ImageRow& row,
                                      std::string_view which);
  [[nodiscard]] Answer<Variant> try_out(std::string_view id, const ImageRow& row,
                                        const std::string& settings_text);
  /// Makes a variant the output of its image.
  [[nodiscard]] Answer<ImageRow> use(std::string_view id, std::uint32_t index,
                                     std::uint32_t number);
  /// Forgets what it knows of a job.
  void forget(std::string_view id);

 private:
  using Key = std::pair<std::string, std::uint32_t>;
  [[nodiscard]] Answer<Variant> variant(std::string_view id, std::uint32_t index,
                                        std::uint32_t number);
  /// How `which` was asked to be made.
  [[nodiscard]] Answer<ImageSettings> settings_of(std::string_view id, const ImageRow& row,
                                                  std::string_view which);
  [[nodiscard]] Answer<std::filesystem::path> cached(std::string_view id, const std::string& name);

  Jobs& jobs_;
  ImageOptimizer& optimizer_;
  const Limits limits_;
  std::mutex mutex_;
  std::map<Key, std::deque<Variant>> variants_;
  std::map<Key, std::uint32_t> numbers_;  ///< the last one given
};

/// The whole of an open file. Errors: limit, environment.
[[nodiscard]] Result<Buffer> contents_of(const OpenFile& file, std::uint64_t max_bytes);

}  // namespace imgmill::server
