// Selects the images that a report shows, and makes their thumbnails.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "batch/report.h"

namespace imgmill {

/// Selects images as results arrive: those with the lowest scores first, then those that saved
/// most. Holds no more than it may select. The selection does not depend on the order of the
/// results.
class PictureChoice {
 public:
  explicit PictureChoice(std::size_t most) : most_(most) {}

  void consider(const OptimizationResult& result);

  struct Chosen {
    double score = 101;  ///< 101: not scored, after all that were
    std::int64_t saved_bytes = 0;
    std::uint64_t index = 0;
    std::filesystem::path original;
    std::filesystem::path output;
    bool kept = false;  ///< input and output are identical

    friend bool operator<(const Chosen& one, const Chosen& other) {
      if (one.score != other.score) return one.score < other.score;
      if (one.saved_bytes != other.saved_bytes) return one.saved_bytes > other.saved_bytes;
      return one.index < other.index;
    }
  };
  [[nodiscard]] const std::set<Chosen>& chosen() const { return chosen_; }

 private:
  std::size_t most_;
  std::set<Chosen> chosen_;
};

/// Thumbnails of one image, as JPEG; one that could not be made is empty, and `why` tells the
/// reason.
struct SmallPictures {
  std::string before;
  std::string after;
  std::string why;
};

/// Makes the thumbnails, several at once; keyed by the index of the image.
[[nodiscard]] std::map<std::uint64_t, SmallPictures> small_pictures(const PictureChoice& choice,
                                                                    const ReportPictures& how);

}  // namespace imgmill
