// A report file about a batch, written while it runs.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "imgmill/batch.h"

namespace imgmill {

/// Images that an HTML report shows, at most; all others are rows without pictures.
inline constexpr std::size_t report_pictures = 100;

enum class PictureOf { original, output };

/// How a report comes by small pictures of inputs and outputs.
struct ReportPictures {
  /// Makes a small JPEG of a file's bytes; called from `width` threads at once. Where
  /// bytes are not trusted it should do so elsewhere than in this process.
  std::function<Result<Optimized>(ByteView, const ImageSettings&, const Limits&)> make;
  int width = 1;
  Limits limits;
  /// Where originals are that were replaced in place.
  std::optional<std::filesystem::path> backup_dir;
  /// The bytes of an image by its index, where they do not lie under the paths of its
  /// result; called like `make`. Without it, files are read.
  std::function<Result<Buffer>(std::uint64_t index, PictureOf which)> read;
};

/// JSON ({"version", "settings", "results": [...], "summary"}), CSV, or one HTML page that
/// stands alone, by the file's extension. Results stand in task order whatever order they
/// finish in. The report appears under its name only when it is complete.
class ReportWriter : public BatchObserver {
 public:
  /// Errors: usage (unknown extension), environment (cannot be written).
  [[nodiscard]] static Result<std::unique_ptr<ReportWriter>> create(
      const std::filesystem::path& file, const ImageSettings& settings);
  /// Where pictures come from, for reports that show some: those of the
  /// `report_pictures` lowest scores and, among equals, largest savings. Made in finish();
  /// without this call there are none.
  virtual void show_pictures(ReportPictures pictures) = 0;
  /// Completes the report. Errors: environment.
  [[nodiscard]] virtual Result<void> finish(const BatchSummary& summary) = 0;
};

}  // namespace imgmill
