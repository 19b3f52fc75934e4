// Results of optimizing an image.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "imgmill/export.h"
#include "imgmill/format.h"

namespace imgmill {

/// How the output was produced.
enum class Decision {
  reencoded,   ///< pixels were encoded again
  transcoded,  ///< the same coefficients or pixels, packed better
  stripped,    ///< the input's image data without the metadata that was not to be kept
  kept,        ///< the input's bytes: nothing smaller was found
  skipped,     ///< an output already existed and was not to be replaced
  planned,     ///< dry run: nothing was done
};

/// Returns the stable lower-case name, as used in JSON.
[[nodiscard]] IMGMILL_API std::string_view name_of(Decision decision);

/// One candidate for the output.
struct FormatCandidate {
  Format format = Format::jpeg;
  std::uint64_t size = 0;       ///< bytes
  std::optional<double> score;  ///< none: not measured
  int quality = 0;              ///< on the encoder's scale; 0: lossless, or the input's bytes
  friend bool operator==(const FormatCandidate&, const FormatCandidate&) = default;
};

/// Quality of an output, and the work it took to determine it.
struct Judgement {
  /// SSIMULACRA 2.1 of the output against the decoded, oriented and resized input (small pictures
  /// as in docs/adr/0020), at most 100; none: not measured. Exactly 100: the input's pixels.
  std::optional<double> score;
  std::optional<double> target;  ///< the score to reach
  int quality = 0;               ///< on the encoder's scale; 0: lossless
  int encodes = 0;               ///< full encodings made and scored
  int probes = 0;                ///< encodings of a part of the picture
  /// With automatic choice of format: the best candidate of each format tried, smallest first.
  std::vector<FormatCandidate> candidates;

  [[nodiscard]] bool reached() const { return !target || (score && *score >= *target); }
  friend bool operator==(const Judgement&, const Judgement&) = default;
};

/// Content of a file that people may not want to publish.
struct PrivateData {
  bool position = false;   ///< where the picture was taken, at any precision
  bool serial = false;     ///< numbers or names that identify one camera, lens or owner
  bool thumbnail = false;  ///< a small picture, which may show what was later cropped away
  bool comment = false;    ///< free text

  [[nodiscard]] bool any() const { return position || serial || thumbnail || comment; }
  PrivateData& operator|=(const PrivateData& other) {
    position = position || other.position;
    serial = serial || other.serial;
    thumbnail = thumbnail || other.thumbnail;
    comment = comment || other.comment;
    return *this;
  }
  friend bool operator==(const PrivateData&, const PrivateData&) = default;
};

/// Returns "position", "camera serial", ... as used in JSON.
[[nodiscard]] IMGMILL_API std::vector<std::string_view> names_of(const PrivateData& data);

/// How an image was processed, and with which result.
struct ImageOutcome {
  Decision decision = Decision::kept;
  std::uint32_t width = 0;   ///< of the output, pixels
  std::uint32_t height = 0;  ///< of one frame
  std::uint32_t frames = 1;
  Judgement judgement;
  /// Private data that should have been removed but is still in the output because imgmill cannot
  /// remove it.
  PrivateData private_left;
  /// Things the caller should know: "transparency flattened on #ffffff", ...
  std::vector<std::string> notes;
};

/// One optimized image in memory.
struct Optimized : ImageOutcome {
  Format format = Format::jpeg;        ///< of `bytes`
  Format input_format = Format::jpeg;  ///< detected from the content
  Buffer bytes;
};

/// The steps of a task; an error names the one in which it occurred.
enum class Stage { plan, validate, read, process, write };
[[nodiscard]] IMGMILL_API std::string_view name_of(Stage stage);

/// Result of one task, successful or not. The outcome is that of a success; `decision` is also set
/// if writing failed.
struct OptimizationResult : ImageOutcome {
  OptimizationResult() { frames = 0; }  // nothing has been made yet

  std::uint64_t index = 0;  ///< position of the task in its batch, from 0
  std::filesystem::path original_path;
  std::filesystem::path optimized_path;
  std::uint64_t original_size = 0;   ///< bytes
  std::uint64_t optimized_size = 0;  ///< bytes; 0 unless something was written
  std::optional<Error> error;        ///< none: success
  Stage stage = Stage::write;        ///< the last stage entered
  std::optional<Format> input_format;
  std::optional<Format> format;          ///< of the output
  std::chrono::microseconds elapsed{0};  ///< read + process + write, without waiting
  bool cached = false;                   ///< known from an earlier run; nothing was decoded
  bool resumed = false;                  ///< done by the earlier run that this one resumes

  [[nodiscard]] bool success() const { return !error; }
  /// Takes over `outcome`, with its notes after those that are here already.
  void adopt(ImageOutcome outcome) {
    outcome.notes.insert(outcome.notes.begin(), notes.begin(), notes.end());
    static_cast<ImageOutcome&>(*this) = std::move(outcome);
  }
  /// Returns the bytes saved; negative if a conversion made the file larger.
  [[nodiscard]] std::int64_t saved_bytes() const {
    return success() ? static_cast<std::int64_t>(original_size) -
                           static_cast<std::int64_t>(optimized_size)
                     : 0;
  }
  /// Returns the percentage saved, as the desktop program shows it.
  [[nodiscard]] double compression_ratio() const {
    return original_size == 0
               ? 0.0
               : 100.0 * static_cast<double>(saved_bytes()) / static_cast<double>(original_size);
  }
};

}  // namespace imgmill
