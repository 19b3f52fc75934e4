// The definition of the command line, its parser, and the parsed requests.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <variant>

#include "imgmill/error.h"
#include "options/options.h"

namespace imgmill::cli {

/// A request to print text (help, version, manual page, completions).
struct PrintText {
  std::string text;
};
/// No command was given.
struct NothingAsked {
  std::string help;
};

using Request =
    std::variant<PrintText, NothingAsked, OptimizeOptions, BatchFileOptions, InspectOptions,
                 DoctorOptions, CacheCommandOptions, RestoreOptions, CompareCommandOptions,
                 PlaceholderCommandOptions, RestoreJpegOptions, ServeOptions, ConfigCommandOptions,
                 WatchCommandOptions, SetCommandOptions>;

/// A usage error, and the command it concerns.
struct UsageError {
  std::string command;  ///< empty: the program itself
  Error error;
};

/// The definition and the parser. Call parse() once.
class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  [[nodiscard]] const CLI::App& definition() const { return app_; }
  /// `words` exclude the program's name.
  [[nodiscard]] std::expected<Request, UsageError> parse(const std::vector<std::string>& words);
  /// Reads one setting of a picture and nothing else. Errors: usage, without dashes.
  [[nodiscard]] Result<void> read(const Setting& setting);
  /// The picture options that one image can have of its own.
  [[nodiscard]] std::vector<SettingKey> setting_keys() const;

 private:
  void define_optimize();
  void define_batch();
  void define_inspect();
  void define_compare();
  void define_placeholder();
  void define_doctor();
  void define_cache();
  void define_restore();
  void define_restore_jpeg();
  void define_serve();
  void define_config();
  void define_watch();
  void define_set();
  void add_choice_of_files(CLI::App& app);
  void define_generators();
  void add_backup(CLI::App& app, RunOptions& options);
  void add_picture_options(CLI::App& app);
  void add_crop_options(CLI::App& app);
  void add_run_options(CLI::App& app, RunOptions& options);
  void add_memory_options(CLI::App& app, RunOptions& options);
  void add_target_options(CLI::App& app);
  void add_limits(CLI::App& app, Limits& limits);
  void add_memory_bound(CLI::App& app, OptimizerOptions& options);
  void add_config_options(CLI::App& app);
  void add_talk(CLI::App& app, OutputOptions& output);

  /// The command that was called; the program if there was none.
  [[nodiscard]] const CLI::App& chosen() const;
  [[nodiscard]] std::vector<Setting> given_settings() const;
  [[nodiscard]] std::vector<std::string> preset_words() const;
  [[nodiscard]] Result<Request> request();
  [[nodiscard]] Result<Request> finish_optimize();
  [[nodiscard]] Result<void> finish_picture();
  [[nodiscard]] Result<void> finish_target();
  [[nodiscard]] Result<void> finish_budget(bool target, bool quality) const;
  [[nodiscard]] Result<void> finish_memory_options(RunOptions& run) const;
  [[nodiscard]] Result<Request> finish_cache();
  [[nodiscard]] Result<Request> finish_compare();
  [[nodiscard]] Result<Request> finish_placeholder();
  [[nodiscard]] Result<Request> finish_restore();
  [[nodiscard]] Result<Request> finish_restore_jpeg();
  [[nodiscard]] Result<Request> finish_serve();
  [[nodiscard]] Result<Request> finish_config();
  [[nodiscard]] Result<Request> finish_watch();
  [[nodiscard]] Result<Request> finish_set();
  [[nodiscard]] Error explain(const CLI::ParseError& error) const;
  [[nodiscard]] Error unexpected_words() const;
  [[nodiscard]] Error option_without_command(const std::string& option) const;
  [[nodiscard]] std::expected<Request, UsageError> help(
      const std::vector<std::string>& words) const;

  CLI::App app_;
  OptimizeOptions optimize_;
  BatchFileOptions batch_;
  InspectOptions inspect_;
  DoctorOptions doctor_;
  CacheCommandOptions cache_;
  RestoreOptions restore_;
  RestoreJpegOptions restore_jpeg_;
  ServeOptions serve_;
  CompareCommandOptions compare_;
  PlaceholderCommandOptions placeholder_;
  std::string compare_original_;
  std::string compare_other_;
  std::string shell_;
  ConfigCommandOptions config_command_;
  ConfigChoice config_;
  bool preset_is_expanded_ = false;
  bool remove_ = false;
  SetCommandOptions set_;  ///< but for `optimize`
  // Flags that are combined into settings once all are known.
  bool overwrite_ = false;
  bool skip_existing_ = false;
  bool fail_fast_ = false;
  bool dry_run_ = false;
  bool check_ = false;
  bool enlarge_ = false;
  // Details of --resize, which may come before or after it.
  ResizeFilter resize_filter_ = ResizeFilter::lanczos3;
  ResizeLight resize_light_ = Resize{}.light;
  int sharpen_ = 0;
  Fit fit_ = Fit::inside;
  bool lossless_ = false;
  FormatChoice format_;
  std::optional<double> target_;
  bool to_srgb_ = false;
  bool first_frame_ = false;
  std::optional<Animation> animation_;
};

}  // namespace imgmill::cli
