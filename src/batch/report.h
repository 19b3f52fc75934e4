// Writes the report file of a batch while it runs.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "imgmill/batch.h"

namespace imgmill {

/// Maximum number of images that an HTML report shows; the others are rows without pictures.
inline constexpr std::size_t report_pictures = 100;

enum class PictureOf { original, output };

/// How a report gets thumbnails of inputs and outputs.
struct ReportPictures {
  /// Makes a small JPEG from the bytes of a file; called from `width` threads at once. If the bytes
  /// are not trusted, it should do so outside this process.
  std::function<Result<Optimized>(ByteView, const ImageSettings&, const Limits&)> make;
  int width = 1;
  Limits limits;
  /// Where the originals are that were replaced in place.
  std::optional<std::filesystem::path> backup_dir;
  /// Returns the bytes of an image by its index, if they are not at the paths of its result; called
  /// like `make`. Without it, files are read.
  std::function<Result<Buffer>(std::uint64_t index, PictureOf which)> read;
};

/// Writes JSON ({"version", "settings", "results": [...], "summary"}), CSV, or one self-contained
/// HTML page, by the file's extension. Results are in task order whatever order they finish in. The
/// report appears under its name only when it is complete.
class ReportWriter : public BatchObserver {
 public:
  /// Errors: usage (unknown extension), environment (cannot be written).
  [[nodiscard]] static Result<std::unique_ptr<ReportWriter>> create(
      const std::filesystem::path& file, const ImageSettings& settings);
  /// Requests thumbnails for reports that show them: those of the `report_pictures` lowest scores
  /// and, among equals, largest savings. They are made in finish(); without this call there are
  /// none.
  virtual void show_pictures(ReportPictures pictures) = 0;
  /// Completes the report. Errors: environment.
  [[nodiscard]] virtual Result<void> finish(const BatchSummary& summary) = 0;
};

}  // namespace imgmill
