#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "base/utf8.h"
#include "batch/collision.h"
#include "batch/folder_walk.h"
#include "batch/output_claims.h"
#include "imgmill/batch.h"
#include "platform/io_error.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// "a/b/" for a/b, "" for the current folder.
std::string prefix_of(const fs::path& folder) {
  std::string text = folder.lexically_normal().native();
  if (text == "." || text == "./") return {};
  if (!text.empty() && !text.ends_with('/')) text += '/';
  return text;
}

/// Remembers every planned task in few bytes: folders once, names packed.
class PlannedNames {
 public:
  struct Folder {
    std::string input;   ///< prefix
    std::string output;  ///< prefix
    /// In place: the prefix of what is replaced in the end, without links.
    std::string canonical = {};
  };
  using Id = std::uint32_t;

  Id add_folder(Folder folder) {
    folders_.push_back(std::move(folder));
    return static_cast<Id>(folders_.size() - 1);
  }
  [[nodiscard]] const Folder& folder(Id id) const { return folders_[id]; }

  /// Where add() will put the next name; nothing when it is full (4 GB).
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
  std::string packed_;  ///< folder (4 bytes), name, NUL; again and again
};

class Planner final : public TaskSource {
 public:
  Planner(PlanRequest request, bool output_is_file, std::vector<std::string> excluded)
      : request_(std::move(request)),
        output_is_file_(output_is_file),
        excluded_(std::move(excluded)) {}

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
  std::optional<PlannedTask> from_input(const fs::path& input) {
    const Result<std::optional<FileFacts>> facts = facts_of(input);
    if (!facts) return failure(input, facts.error());
    if (!*facts) return failure(input, io_error(ENOENT, "read", input));
    if ((*facts)->kind != FileKind::folder) return named_file(input);
    walk_input_ = prefix_of(input);
    walk_.emplace(input, request_.follow_links ? FollowLinks::yes : FollowLinks::no,
                  request_.all_files, excluded_,
                  request_.in_place ? CanonicalNames::wanted : CanonicalNames::unwanted);
    walk_folder_.reset();
    return std::nullopt;
  }

  std::optional<PlannedTask> named_file(const fs::path& input) {
    if (output_is_file_) return task(input, request_.output);
    const std::string name = input.filename().native();
    const std::string folder = prefix_of(input.parent_path());
    if (!request_.in_place) {
      return plan_file(names_.add_folder({folder, prefix_of(request_.output)}), name);
    }
    const Result<std::optional<FileFacts>> facts = facts_of(input, Links::show);
    if (facts && *facts && (*facts)->kind == FileKind::link) {
      links_.push_back(input);
      return std::nullopt;
    }
    std::error_code error;
    const fs::path above = fs::canonical(folder.empty() ? "." : folder, error);
    return plan_file(names_.add_folder({folder, folder, error ? "" : prefix_of(above)}), name);
  }

  /// A link whose file is replaced. They come last: where that file is among the inputs by its own
  /// name, too, or by another link, it is done already.
  std::optional<PlannedTask> from_link(const fs::path& link) {
    std::error_code error;
    const fs::path file = fs::canonical(link, error);
    if (error) return failure(link, io_error(error.value(), "read", link));
    return plan_file(names_.add_folder({link.native(), link.native(), file.native()}), "");
  }

  std::optional<PlannedTask> from_walk(const FolderWalk::Step& step) {
    if (!step) return failure(step.error().path, step.error().error);
    if (request_.in_place && step->link) {
      links_.push_back(walk_input_ + std::string(step->folder) + std::string(step->name));
      return std::nullopt;
    }
    if (walk_folder_ != walk_->folder_number()) {
      walk_folder_ = walk_->folder_number();
      const std::string below(step->folder);
      const std::string& top = request_.in_place ? walk_input_ : prefix_of(request_.output);
      std::string canonical;
      if (request_.in_place) canonical = prefix_of(walk_->canonical_folder());
      folder_id_ = names_.add_folder({walk_input_ + below, top + below, std::move(canonical)});
    }
    return plan_file(folder_id_, step->name);
  }

  /// Nothing: in place, the same file has been planned before.
  std::optional<PlannedTask> plan_file(PlannedNames::Id folder_id, std::string_view name) {
    const PlannedNames::Folder& folder = names_.folder(folder_id);
    std::string input = folder.input + std::string(name);
    const std::string output = output_of(folder, name);
    if (!request_.in_place && output == input) {
      return std::unexpected(PlanFailure{
          input, output,
          Error(ErrorCode::usage,
                fmt::format("'{}' would be written over itself", printable(input)),
                "use --in-place to replace originals, or choose another output folder")});
    }
    const std::optional<PlannedNames::Id> id = names_.next_id();
    if (!id) {
      return failure(input, Error(ErrorCode::limit, "too many files for one batch",
                                  "divide them into several batches"));
    }
    // Owners must be there to be asked, also one whose second name is taken.
    names_.add(folder_id, name);
    for (const std::string& key : keys_of(folder, name)) {
      const auto same = [&](PlannedNames::Id other) {
        const auto keys = keys_of(names_.folder_of(other), names_.name(other));
        return other != *id && std::ranges::find(keys, key) != keys.end();
      };
      if (const auto earlier = claims_.claim(key, *id, same)) {
        if (request_.in_place) return std::nullopt;
        const std::string first =
            names_.folder_of(*earlier).input + std::string(names_.name(*earlier));
        return std::unexpected(PlanFailure{input, output, output_collision(first, input, output)});
      }
    }
    return task(std::move(input), output);
  }

  [[nodiscard]] std::string output_of(const PlannedNames::Folder& folder,
                                      std::string_view name) const {
    const auto& wanted = request_.settings->output_format;
    // A drawing stays one, whatever the others become.
    const bool named_anew = wanted && format_of_name(name) != Format::svg;
    return folder.output + (named_anew ? name_for(name, *wanted) : std::string(name));
  }

  /// What stands for all outputs that may come of it: in place the file itself, whatever leads to
  /// it; else their names, of which those that differ only in case may be one.
  [[nodiscard]] std::vector<std::string> keys_of(const PlannedNames::Folder& folder,
                                                 std::string_view name) const {
    if (request_.in_place) {
      // Where it is unknown, two ways to one file are told apart only by what is written there.
      const std::string& prefix = folder.canonical.empty() ? folder.output : folder.canonical;
      return {prefix + std::string(name)};
    }
    std::vector<std::string> keys;
    for (const fs::path& path :
         possible_output_paths(output_of(folder, name), *request_.settings)) {
      keys.push_back(fold_case(path.native()));
    }
    return keys;
  }

  [[nodiscard]] PlannedTask task(fs::path input, fs::path output) const {
    return ImageTask{std::move(input), std::move(output), request_.settings};
  }
  static PlannedTask failure(const fs::path& input, Error error) {
    return std::unexpected(PlanFailure{input, {}, std::move(error)});
  }

  const PlanRequest request_;
  const bool output_is_file_;
  const std::vector<std::string> excluded_;
  std::size_t next_input_ = 0;
  std::optional<FolderWalk> walk_;
  std::string walk_input_;  ///< prefix of the folder being walked
  std::optional<std::uint64_t> walk_folder_;
  PlannedNames::Id folder_id_ = 0;
  PlannedNames names_;
  OutputClaims claims_;
  std::vector<fs::path> links_;  ///< in place: to files, planned when all else is
  std::size_t next_link_ = 0;
};

struct Output {
  bool is_file = false;
};

Result<Output> check_output(const PlanRequest& request) {
  if (request.in_place) {
    if (request.settings->output_format || request.settings->choose_format) {
      return fail(ErrorCode::usage, "originals cannot be replaced by another format",
                  "leave out --in-place and name an output folder with -o, or leave out --format");
    }
    return Output{};
  }
  if (request.output.empty()) {
    return fail(ErrorCode::usage, "there is no place for the output",
                "name a folder with -o FOLDER, or use --in-place to replace the originals");
  }
  IMGMILL_TRY(const std::optional<FileFacts> output, facts_of(request.output));
  const bool is_folder = output && output->kind == FileKind::folder;
  bool folder_among_inputs = false;
  for (const fs::path& input : request.inputs) {
    const Result<std::optional<FileFacts>> facts = facts_of(input);
    if (!facts || !*facts || (*facts)->kind != FileKind::folder) continue;
    folder_among_inputs = true;
    if (is_folder && (*facts)->same_file(*output) && !request.settings->output_format) {
      return fail(ErrorCode::usage,
                  fmt::format("the output folder '{}' is an input folder", printable(input)),
                  "choose another output folder, or use --in-place to replace the originals");
    }
  }
  const bool named_like_folder = request.output.native().ends_with('/');
  if (is_folder) return Output{};
  if (request.inputs.size() == 1 && !folder_among_inputs && !named_like_folder) {
    if (!request.settings->choose_format) return Output{true};
    // "photos" names a folder to be made, "a.jpg" a file.
    if (request.output.has_extension()) {
      return fail(ErrorCode::usage,
                  fmt::format("the name '{}' says a format that is still to be chosen",
                              printable(request.output)),
                  "name a folder with -o; the result is named after the input and its format");
    }
  }
  if (output) {
    return fail(ErrorCode::usage,
                fmt::format("the output '{}' is a file, and several inputs need a folder",
                            printable(request.output)),
                "name a folder with -o");
  }
  return Output{};
}

}  // namespace

Result<std::unique_ptr<TaskSource>> plan(PlanRequest request) {
  if (request.inputs.empty()) {
    return fail(ErrorCode::usage, "there is nothing to do", "name files or folders");
  }
  if (!request.settings) request.settings = std::make_shared<const ImageSettings>();
  IMGMILL_TRY(const Output output, check_output(request));
  std::vector<fs::path> not_walked = request.exclude;
  if (!request.in_place) not_walked.push_back(request.output);
  std::vector<std::string> excluded;
  for (const fs::path& folder : not_walked) {
    std::error_code error;
    std::string canonical = fs::weakly_canonical(folder, error).native();
    if (!error && canonical.ends_with('/')) canonical.pop_back();
    // What is not there yet and has no absolute path is below the current folder.
    if (!error && !canonical.starts_with('/')) {
      canonical = (fs::current_path(error) / canonical).lexically_normal().native();
    }
    if (!error) excluded.push_back(std::move(canonical));
  }
  return std::make_unique<Planner>(std::move(request), output.is_file, std::move(excluded));
}

}  // namespace imgmill
