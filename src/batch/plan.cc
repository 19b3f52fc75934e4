#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <limits>
#include <mutex>
#include <system_error>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "base/utf8.h"
#include "batch/collision.h"
#include "batch/folder_walk.h"
#include "batch/input_files.h"
#include "batch/output_claims.h"
#include "batch/plan_rules.h"
#include "imgmill/batch.h"
#include "platform/io_error.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// Stores every planned task compactly: each folder once, names packed.
class PlannedNames {
 public:
  struct Folder {
    std::string input;   ///< prefix
    std::string output;  ///< prefix
    /// In place: the canonical prefix of the file that is finally replaced.
    std::string canonical = {};
    bool copied = false;  ///< its files keep their names and bytes
  };
  using Id = std::uint32_t;

  Id add_folder(Folder folder) {
    folders_.push_back(std::move(folder));
    return static_cast<Id>(folders_.size() - 1);
  }
  [[nodiscard]] const Folder& folder(Id id) const { return folders_[id]; }

  /// The id that the next add() will use; nullopt if full (4 GB).
  [[nodiscard]] std::optional<Id> next_id() const {
    if (packed_.size() > std::numeric_limits<Id>::max() - 8192) return std::nullopt;
    return static_cast<Id>(packed_.size());
  }
  void add(Id folder, std::string_view name) {
    for (int shift = 0; shift < 32; shift += 8) packed_ += static_cast<char>(folder >> shift);
    packed_ += name;
    packed_ += '\0';
  }
  [[nodiscard]] const Folder& folder_of(Id id) const {
    Id folder = 0;
    for (unsigned i = 0; i < 4; ++i) {
      folder |= static_cast<Id>(static_cast<unsigned char>(packed_[id + i])) << (8 * i);
    }
    return folders_[folder];
  }
  [[nodiscard]] std::string_view name(Id id) const { return packed_.c_str() + id + 4; }

 private:
  std::vector<Folder> folders_;
  std::string packed_;  ///< repeated: folder (4 bytes), name, NUL
};

Error not_there(const fs::path& input) {
  Error error = io_error(ENOENT, "read", input);
  if (input.native().find_first_of("*?") == std::string::npos) return error;
  return Error(error.code(), error.message(),
               "leave out the quotes, so that the shell finds what is meant; or name the folder, "
               "with --include and the pattern");
}

class Planner final : public TaskSource {
 public:
  Planner(PlanRequest request, PlanRules rules)
      : request_(std::move(request)), rules_(std::move(rules)) {}

  void on_left_out(std::function<void(const LeftOut&)> listener) override {
    listener_ = std::move(listener);
  }

  [[nodiscard]] std::optional<fs::path> input_at(const fs::path& output) const override {
    if (request_.in_place || rules_.output_is_file) return std::nullopt;
    std::call_once(inputs_listed_, [this] { list_inputs(); });
    return inputs_.find(output);
  }

  [[nodiscard]] std::vector<std::string> idle_patterns() const override {
    std::vector<std::string> idle = rules_.walk.exclude.idle();
    for (std::string& pattern : rules_.walk.include.idle()) idle.push_back(std::move(pattern));
    return idle;
  }

  std::optional<PlannedTask> next() override {
    for (;;) {
      if (walk_) {
        if (auto step = walk_->next()) {
          if (auto planned = from_walk(*step)) return planned;
          continue;
        }
        walk_.reset();
      } else if (next_input_ < request_.inputs.size()) {
        if (auto planned = from_input(request_.inputs[next_input_++])) return planned;
      } else if (next_link_ < links_.size()) {
        if (auto planned = from_link(links_[next_link_++])) return planned;
      } else {
        return std::nullopt;
      }
    }
  }

 private:
  /// The walk skips the output folder, so outputs can only meet inputs if a named input lies in it.
  void list_inputs() const {
    std::error_code error;
    const std::string output = folder_prefix(fs::weakly_canonical(request_.output, error));
    const auto lies_there = [&](const fs::path& input) {
      return folder_prefix(fs::weakly_canonical(input, error)).starts_with(output);
    };
    if (std::ranges::none_of(request_.inputs, lies_there)) return;
    const auto again = plan(request_);  // shares no state with the planning thread
    if (!again) return;
    while (const std::optional<PlannedTask> planned = (*again)->next()) {
      inputs_.add(*planned ? (*planned)->input_path : planned->error().input_path);
    }
  }

  std::optional<PlannedTask> from_input(const fs::path& input) {
    const Result<std::optional<FileFacts>> facts = facts_of(input);
    if (!facts) return failure(input, facts.error());
    if (!*facts) return failure(input, not_there(input));
    if ((*facts)->kind != FileKind::folder) return named_file(input);
    walk_input_ = folder_prefix(input);
    walk_output_ = folder_prefix(request_.output) + rules_.kept_folders[next_input_ - 1];
    walk_.emplace(input, rules_.walk);
    walk_folder_.reset();
    return std::nullopt;
  }

  std::optional<PlannedTask> named_file(const fs::path& input) {
    if (rules_.output_is_file) return ImageTask{input, request_.output, request_.settings};
    if (excluded(input)) {
      tell({input, LeftOutReason::excluded_file});
      return std::nullopt;
    }
    const std::string name = input.filename().native();
    const std::string folder = folder_prefix(input.parent_path());
    if (!request_.in_place) {
      return plan_file(names_.add_folder({folder, folder_prefix(request_.output)}), name);
    }
    const Result<std::optional<FileFacts>> facts = facts_of(input, Links::show);
    if (facts && *facts && (*facts)->kind == FileKind::link) {
      links_.push_back(input);
      return std::nullopt;
    }
    std::error_code error;
    const fs::path above = fs::canonical(folder.empty() ? "." : folder, error);
    return plan_file(names_.add_folder({folder, folder, error ? "" : folder_prefix(above)}), name);
  }

  /// Plans a link whose target is replaced. Links come last: if their target is also an input by
  /// its own name or by another link, it is already planned.
  std::optional<PlannedTask> from_link(const fs::path& link) {
    std::error_code error;
    const fs::path file = fs::canonical(link, error);
    if (error) return failure(link, io_error(error.value(), "read", link));
    return plan_file(names_.add_folder({link.native(), link.native(), file.native()}), "");
  }

  /// For a file that was named directly: matches its name, or its path as given.
  [[nodiscard]] bool excluded(const fs::path& input) const {
    const WalkRules& walk = rules_.walk;
    if (walk.exclude.empty() && walk.include.empty()) return false;
    const std::string path = input.lexically_normal().relative_path().native();
    return walk.exclude.match_file(path) ||
           (!walk.include.empty() && !walk.include.match_file(path));
  }

  void tell(const LeftOut& left_out) const {
    if (listener_) listener_(left_out);
  }

  std::optional<PlannedTask> from_walk(const FolderWalk::Step& step) {
    if (!step) return failure(step.error().path, step.error().error);
    if (step->left_out) return leave_out(*step);
    if (request_.in_place && step->link) {
      links_.push_back(walk_input_ + std::string(step->folder) + std::string(step->name));
      return std::nullopt;
    }
    come_to_folder();
    if (!folder_id_) {
      const std::string below(step->folder);
      const std::string& top = request_.in_place ? walk_input_ : walk_output_;
      std::string canonical;
      if (request_.in_place) canonical = folder_prefix(walk_->canonical_folder());
      folder_id_ = names_.add_folder({walk_input_ + below, top + below, std::move(canonical)});
    }
    return plan_file(*folder_id_, step->name);
  }

  /// Forgets the previous folder if the walk has moved on.
  void come_to_folder() {
    if (walk_folder_ == walk_->folder_number()) return;
    walk_folder_ = walk_->folder_number();
    folder_id_.reset();
    copies_id_.reset();
  }

  /// Reports a left-out file, with the path of its copy if there is to be one.
  std::optional<PlannedTask> leave_out(const FolderWalk::File& file) {
    const std::string below(file.folder);
    LeftOut left_out{walk_input_ + below + std::string(file.name), *file.left_out};
    const bool copied = request_.copy_others && left_out.reason != LeftOutReason::special &&
                        left_out.reason != LeftOutReason::linked_folder;
    if (copied) {
      come_to_folder();
      if (!copies_id_) {
        copies_id_ = names_.add_folder({walk_input_ + below, walk_output_ + below, {}, true});
      }
      auto claimed = claim(*copies_id_, file.name);
      if (!claimed) return std::unexpected(std::move(claimed).error());
      left_out.copy_to = walk_output_ + below + std::string(file.name);
    }
    tell(left_out);
    return std::nullopt;
  }

  /// Ensures that nothing else is written there. Returns false if, in place, the same file has been
  /// planned before.
  std::expected<bool, PlanFailure> claim(PlannedNames::Id folder_id, std::string_view name) {
    const PlannedNames::Folder& folder = names_.folder(folder_id);
    const std::string input = folder.input + std::string(name);
    const std::optional<PlannedNames::Id> id = names_.next_id();
    if (!id) {
      return std::unexpected(PlanFailure{input,
                                         {},
                                         Error(ErrorCode::limit, "too many files for one batch",
                                               "divide them into several batches")});
    }
    // Add it before claiming: owners must be available for comparison, even if a second name is
    // taken.
    names_.add(folder_id, name);
    for (const std::string& key : keys_of(folder, name)) {
      const auto same = [&](PlannedNames::Id other) {
        const auto keys = keys_of(names_.folder_of(other), names_.name(other));
        return other != *id && std::ranges::find(keys, key) != keys.end();
      };
      if (const auto earlier = claims_.claim(key, *id, same)) {
        if (request_.in_place) return false;
        const std::string first =
            names_.folder_of(*earlier).input + std::string(names_.name(*earlier));
        std::string output = output_of(folder, name);
        Error error = output_collision(first, input, output, Naming::by_pattern);
        return std::unexpected(PlanFailure{input, std::move(output), std::move(error)});
      }
    }
    return true;
  }

  /// Returns nullopt if, in place, the same file has been planned before.
  std::optional<PlannedTask> plan_file(PlannedNames::Id folder_id, std::string_view name) {
    const PlannedNames::Folder& folder = names_.folder(folder_id);
    std::string input = folder.input + std::string(name);
    auto settings = settings_of(input);
    if (!settings) return failure(input, std::move(settings).error());
    if (request_.in_place && ((*settings)->output_format || (*settings)->choose_format)) {
      return failure(input, not_in_place());
    }
    const std::string output = output_of(folder, name);
    if (!request_.in_place && output == input) {
      return std::unexpected(PlanFailure{input, output, would_be_replaced(input)});
    }
    auto claimed = claim(folder_id, name);
    if (!claimed) return std::unexpected(std::move(claimed).error());
    if (!*claimed) return std::nullopt;
    return ImageTask{std::move(input), output, *std::move(settings)};
  }

  [[nodiscard]] Result<std::shared_ptr<const ImageSettings>> settings_of(
      const std::string& input) const {
    if (!request_.settings_for) return request_.settings;
    return request_.settings_for(input);
  }
  /// Of a file that is planned.
  [[nodiscard]] std::shared_ptr<const ImageSettings> planned_settings(
      const PlannedNames::Folder& folder, std::string_view name) const {
    return settings_of(folder.input + std::string(name)).value_or(request_.settings);
  }

  [[nodiscard]] std::string output_of(const PlannedNames::Folder& folder,
                                      std::string_view name) const {
    if (folder.copied || request_.in_place) return folder.output + std::string(name);
    return folder.output +
           rules_.names.name_for(name, planned_settings(folder, name)->output_format);
  }

  /// Keys for all outputs that may result: in place the file itself, by whatever path; else their
  /// names, folded because names that differ only in case may be one file.
  [[nodiscard]] std::vector<std::string> keys_of(const PlannedNames::Folder& folder,
                                                 std::string_view name) const {
    if (request_.in_place) {
      // If it is unknown, two paths to one file count as different.
      const std::string& prefix = folder.canonical.empty() ? folder.output : folder.canonical;
      return {prefix + std::string(name)};
    }
    if (folder.copied) return {fold_case(output_of(folder, name))};
    std::vector<std::string> keys;
    for (const fs::path& path :
         possible_output_paths(output_of(folder, name), *planned_settings(folder, name), name)) {
      keys.push_back(fold_case(path.native()));
    }
    return keys;
  }

  static PlannedTask failure(const fs::path& input, Error error) {
    return std::unexpected(PlanFailure{input, {}, std::move(error)});
  }

  const PlanRequest request_;
  const PlanRules rules_;
  std::function<void(const LeftOut&)> listener_;
  std::size_t next_input_ = 0;
  std::optional<FolderWalk> walk_;
  std::string walk_input_;   ///< prefix of the folder being walked
  std::string walk_output_;  ///< prefix of its output folder
  std::optional<std::uint64_t> walk_folder_;
  std::optional<PlannedNames::Id> folder_id_;  ///< for images in the current folder of the walk
  std::optional<PlannedNames::Id> copies_id_;  ///< for the other files there
  PlannedNames names_;
  OutputClaims claims_;
  mutable std::once_flag inputs_listed_;
  mutable InputFiles inputs_;
  std::vector<fs::path> links_;  ///< in place: links to files, planned last
  std::size_t next_link_ = 0;
};

}  // namespace

Result<std::unique_ptr<TaskSource>> plan(PlanRequest request) {
  IMGMILL_TRY(PlanRules rules, plan_rules(request));
  return std::make_unique<Planner>(std::move(request), std::move(rules));
}

}  // namespace imgmill
