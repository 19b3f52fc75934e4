// The options of each command, and parsers for their values (sizes, resizes, colours, lists). Pure
// functions: no files, no printing.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings_book.h"
#include "imgmill/batch.h"
#include "imgmill/settings.h"
#include "sets/set_options.h"

namespace imgmill::cli {

enum class ProgressMode { automatic, bar, json, none };
enum class LogFormat { text, json };
enum class Shell { bash, zsh, fish };

/// How progress and results are reported.
struct OutputOptions {
  ProgressMode progress = ProgressMode::automatic;
  int verbose = 0;  ///< 1: one line per image; 2: debug output as well
  bool quiet = false;
  LogFormat log_format = LogFormat::text;
  bool resumes = true;  ///< the command goes on with --resume after an interruption
};

/// Threshold from which --check reports an image: all conditions given must hold.
struct CheckThreshold {
  double percent = 5;
  std::uint64_t bytes = 1000;
};

/// Options shared by `optimize` and `batch`.
struct RunOptions {
  BatchOptions batch;
  ConfigChoice config;
  /// Folder of the cache; empty: the default.
  std::filesystem::path cache_folder;
  bool use_cache = true;
  std::uint64_t cache_size = CacheOptions{}.max_bytes;
  bool resume = false;
  CheckThreshold threshold;
  OptimizerOptions optimizer{.isolation = Isolation::process};
  std::optional<std::filesystem::path> report;
  OutputOptions output;
};

/// The default quality settings of `optimize` and `batch`.
[[nodiscard]] ImageSettings default_settings();

struct OptimizeOptions {
  RunOptions run;
  std::vector<std::string> inputs;  ///< as typed: paths, "-", "@list"
  std::string output;               ///< empty: not given
  bool in_place = false;
  bool all_files = false;
  bool follow_links = false;
  std::vector<std::string> exclude;  ///< patterns, as in PlanRequest
  std::vector<std::string> include;
  std::string name;  ///< pattern for output names; empty: the inputs' names
  bool copy_others = false;
  ImageSettings settings;
  bool own_format = false;              ///< requested explicitly: "--format original"
  std::optional<std::uint64_t> budget;  ///< bytes, for all outputs together
};

struct WatchCommandOptions {
  OptimizeOptions optimize;
  bool remove = false;  ///< outputs whose inputs are gone
};

struct SetCommandOptions {
  OptimizeOptions optimize;  ///< inputs, output folder, settings and how it runs
  SetOptions set;
  std::optional<std::filesystem::path> manifest;
};

struct BatchFileOptions {
  RunOptions run;
  std::string tasks;      ///< a path or "-"
  bool in_place = false;  ///< tasks may replace their inputs
};

struct InspectOptions {
  std::vector<std::string> files;
  bool json = false;
  Limits limits;
};

struct CompareCommandOptions {
  std::array<std::string, 2> files;  ///< original and other; one of them may be "-"
  std::optional<std::filesystem::path> map;
  std::optional<double> minimum;  ///< minimum score; below it, the exit status is 3
  bool json = false;
  SandboxMode sandbox = SandboxMode::automatic;
  Limits limits;
};

struct PlaceholderCommandOptions {
  std::vector<std::string> files;  ///< "-": standard input
  bool json = false;
  SandboxMode sandbox = SandboxMode::automatic;
  Limits limits;
};

struct CacheCommandOptions {
  enum class Action { stats, clear };
  std::optional<Action> action;
  std::filesystem::path folder;  ///< empty: the default
};

struct RestoreOptions {
  std::filesystem::path backup;
  std::filesystem::path to;  ///< empty: the original locations
  bool overwrite = false;    ///< also restore files changed since
  bool remove = false;       ///< remove the backups of restored files
};

struct RestoreJpegOptions {
  std::vector<std::string> files;  ///< JPEG XL; or one "-"
  std::string output;              ///< a folder, a file or "-"; empty: beside each input
  bool overwrite = false;
  SandboxMode sandbox = SandboxMode::automatic;
  Limits limits;
};

struct ServeOptions {
  std::optional<std::uint16_t> port;  ///< none: the default port, or the next free one
  bool open = false;                  ///< open the page in the user's browser
  std::filesystem::path workspace;    ///< empty: the default
  bool new_token = false;             ///< instead of the stored one
  std::vector<std::string> roots;     ///< empty: the user's home
  OptimizerOptions optimizer{.isolation = Isolation::process};
  Limits limits;
  std::uint64_t max_upload = std::uint64_t{1} << 30;  ///< bytes per file
  std::chrono::seconds client_timeout{30};
  bool json = false;
  bool control = false;  ///< read commands from standard input, see controls.h
};

struct ConfigCommandOptions {
  std::filesystem::path path;  ///< empty: the current folder
  ConfigChoice config;
  bool keys = false;
  bool schema = false;
  bool json = false;
};

struct DoctorOptions {
  bool json = false;
};

/// "1" to "100". Errors of all parsers: usage, with the accepted values.
[[nodiscard]] Result<int> parse_quality(std::string_view text);
/// "off" is 0.
[[nodiscard]] Result<int> parse_sharpening(std::string_view text);
/// "800x600+10+20" in pixels, or "80%x60%+10%+20%"; without an offset, from the upper left corner.
[[nodiscard]] Result<CropArea> parse_crop_area(std::string_view text);
/// "16:9".
[[nodiscard]] Result<AspectRatio> parse_aspect(std::string_view text);
/// "centre", "north", ..., "attention", "entropy" or percentages such as "30%,70%".
[[nodiscard]] Result<Position> parse_position(std::string_view text);
/// Levels, 0 to 254.
[[nodiscard]] Result<int> parse_trim(std::string_view text);
/// A whole number from `low` to `high`; `what` names it in the message.
[[nodiscard]] Result<std::int64_t> parse_number(std::string_view text, std::int64_t low,
                                                std::int64_t high);
/// "500", "500B", "20k", "1.5MB", "2MiB", "1G": bytes, decimal unless "i" is
/// written; in any case; up to 2^62.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
/// "10%", "20kB", "10%,20kB": how much an image must shrink at least. Percent above 0 and below
/// 100; a number without a unit is refused, since it could be either.
[[nodiscard]] Result<CheckThreshold> parse_threshold(std::string_view text);
/// "268435456", "100M", "100MP", "1.5G": a count of pixels, decimal; above 0.
[[nodiscard]] Result<std::uint64_t> parse_pixels(std::string_view text);
/// "90": whole seconds from 1 to a day.
[[nodiscard]] Result<std::chrono::seconds> parse_seconds(std::string_view text);
/// "width=800", "height=600", "longest=2000", "shortest=500", "fit=800x600",
/// "50%". Sides 1..65535, percent above 0 and at most 10000.
[[nodiscard]] Result<Resize> parse_resize(std::string_view text);
/// "all", "none" or a list of the names in `keep_names()`. Whatever a list does not name is
/// removed, also what is kept by default.
[[nodiscard]] Result<Keep> parse_keep(std::string_view text);
[[nodiscard]] std::vector<std::string_view> keep_names();
/// "#rrggbb", "#rgb", each also without the '#'.
[[nodiscard]] Result<Colour> parse_colour(std::string_view text);
/// The value of --format: one format, the input's own, or whichever is smallest.
struct FormatChoice {
  std::optional<Format> format;
  bool automatic = false;
  bool original = false;
};
/// "original" (no format), "auto", or a format's name or extension.
[[nodiscard]] Result<FormatChoice> parse_format(std::string_view text);
/// A list of formats: "jpeg,webp".
[[nodiscard]] Result<FormatSet> parse_formats(std::string_view text);
/// "good", "high", "excellent", "visually-lossless", or a score above 0, at most 100.
[[nodiscard]] Result<double> parse_target(std::string_view text);
/// The names of all formats that can be written.
[[nodiscard]] std::vector<std::string> format_names();

/// "a, b and c".
[[nodiscard]] std::string listed(const std::vector<std::string>& words, std::string_view last);

}  // namespace imgmill::cli
