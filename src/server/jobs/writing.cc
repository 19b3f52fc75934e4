#include "server/jobs/writing.h"

#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "server/http/api_error.h"
#include "server/jobs/pictures.h"
#include "store/backup.h"
#include "store/output_file.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_errors = 100;
constexpr std::uint64_t any_size = std::uint64_t{1} << 40;

std::unexpected<Response> no(ApiError why, std::string_view message, std::string_view advice) {
  return std::unexpected(api_error(why, message, advice));
}

/// Extracts the error from a response that was meant for a client.
Error told_by(const Response& response) {
  const auto* text = std::get_if<std::string>(&response.body);
  const Json json = Json::parse(text == nullptr ? "" : *text, nullptr, false);
  if (!json.is_object()) return Error(ErrorCode::internal, "it could not be read");
  return Error(ErrorCode::environment, json["error"]["message"].get<std::string>(),
               json["error"]["advice"].get<std::string>());
}

bool is_original(const FileFacts& facts, const ImageRow& row) {
  return facts.size == row.original_size &&
         static_cast<std::uint64_t>(facts.device) == row.identity.device &&
         static_cast<std::uint64_t>(facts.inode) == row.identity.inode &&
         facts.modified.tv_sec == row.identity.seconds &&
         facts.modified.tv_nsec == row.identity.nanoseconds;
}

/// Returns the canonical path that `wanted` has or will have once created, if it lies in the roots.
Result<fs::path> allowed_folder(const fs::path& wanted, const Roots& roots) {
  fs::path there = wanted.lexically_normal();
  if (!there.has_filename()) there = there.parent_path();
  const fs::path whole = there;
  std::error_code error;
  while (!fs::exists(there, error) && there.has_relative_path()) there = there.parent_path();
  IMGMILL_CHECK(roots.resolve(there));
  IMGMILL_CHECK(make_folders(whole));
  return roots.resolve(whole);
}

Result<void> put_in_place(const JobView& job, const ImageRow& row, ByteView bytes,
                          const std::optional<fs::path>& backup, const Roots& roots) {
  const OptimizationResult result = result_of(row);
  if (result.format != result.input_format) {
    return fail(ErrorCode::usage, "an original cannot be replaced by another format",
                "write to a folder instead");
  }
  const fs::path file = job.record.folder / fs::path(row.name);
  IMGMILL_CHECK(roots.resolve(file));
  IMGMILL_TRY(const std::optional<FileFacts> facts, facts_of(file));
  if (!facts || !is_original(*facts, row)) {
    return fail(ErrorCode::environment,
                "'" + printable(row.name) + "' was changed since; it was left as it is",
                "try that image again (retry), then write once more");
  }
  InPlaceRequest request{file, bytes, *facts, {}, {}};
  if (backup) {
    request.backup = backup_path(*backup, file);
    request.before_replacing = [&]() -> Result<void> {
      return note_backup(*backup, file, content_hash(bytes));
    };
  }
  IMGMILL_CHECK(replace_in_place(request));
  return {};
}

Result<void> put_below(const fs::path& folder, const ImageRow& row, ByteView bytes,
                       const FileFacts& source) {
  const fs::path target = folder / tame_name(row.output_name);
  IMGMILL_CHECK(make_folders(target.parent_path()));
  std::error_code error;
  // A link among the folders below may lead elsewhere.
  const fs::path real = fs::canonical(target.parent_path(), error);
  if (error || !lies_in(real, folder)) {
    return fail(ErrorCode::environment, "'" + printable(target) + "' leads out of the folder",
                "choose a folder without links");
  }
  IMGMILL_TRY(const Placed placed, write_output({target, bytes, source, Replace::never}));
  if (placed == Committed::placed) return {};
  return fail(ErrorCode::environment, "'" + printable(target) + "' is there already",
              "choose an empty folder");
}

}  // namespace

fs::path backup_folder_for(const fs::path& folder, const Roots& roots) {
  fs::path beside = folder;
  beside += ".imgmill-backup";
  for (const fs::path& root : roots.folders()) {
    if (lies_in(beside.parent_path(), root)) return beside;
  }
  return folder / ".imgmill-backup";
}

/// Ensures that a job is written once at a time.
class Writing::QueueState {
 public:
  QueueState(Writing& writing, std::string_view id) : writing_(writing), id_(id) {
    const std::lock_guard lock(writing_.mutex_);
    taken_ = writing_.at_work_.insert(id_).second;
  }
  ~QueueState() {
    const std::lock_guard lock(writing_.mutex_);
    if (taken_) writing_.at_work_.erase(id_);
  }
  QueueState(const QueueState&) = delete;
  QueueState& operator=(const QueueState&) = delete;
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  Writing& writing_;
  const std::string id_;
  bool taken_ = false;
};

Answer<Json> Writing::write(std::string_view id, const WriteRequest& request) {
  const QueueState turn(*this, id);
  auto job = jobs_.find(id);
  if (!job) return std::unexpected(std::move(job).error());
  if (!turn.taken() || !job->ended()) {
    return no(ApiError::conflict, "the job is not finished", "wait, or cancel it first");
  }
  std::optional<fs::path> backup;
  fs::path folder;
  if (request.in_place) {
    if (job->record.kind != SourceKind::folder) {
      return no(ApiError::conflict, "the images of this job were uploaded",
                "download them, or write them to a folder");
    }
    if (request.backup) {
      // All originals of a job are backed up to one folder, however often it is written.
      const fs::path& before = job->record.backup;
      backup = before.empty() ? backup_folder_for(job->record.folder, roots_) : before;
      if (auto noted = jobs_.note_backup(id, *backup); !noted) {
        return std::unexpected(std::move(noted).error());
      }
    }
  } else {
    auto allowed = allowed_folder(request.folder, roots_);
    if (!allowed) {
      const bool outside = allowed.error().code() == ErrorCode::usage;
      return std::unexpected(
          api_error(allowed.error(), outside ? ApiError::forbidden_path : ApiError::internal));
    }
    folder = *std::move(allowed);
  }

  std::uint64_t written = 0;
  std::uint64_t failed = 0;
  std::uint64_t replaced_before = 0;
  Json errors = Json::array();
  const auto put = [&](const ImageRow& row) -> Result<void> {
    auto file = jobs_.open_output(id, row);
    if (!file) return std::unexpected(told_by(file.error()));
    IMGMILL_TRY(const Buffer bytes, contents_of(*file, any_size));
    if (request.in_place) {
      IMGMILL_CHECK(put_in_place(*job, row, bytes.view(), backup, roots_));
      const auto noted = jobs_.note_replaced(id, row.index);
      return noted ? Result<void>() : std::unexpected(told_by(noted.error()));
    }
    FileFacts source = file->facts;
    source.permissions = 0644;
    return put_below(folder, row, bytes.view(), source);
  };
  for (std::uint32_t from = 0;;) {
    auto rows = jobs_.from_index(id, from, 100);
    if (!rows) return std::unexpected(std::move(rows).error());
    if (rows->empty()) break;
    for (const ImageRow& row : *rows) {
      from = row.index + 1;
      // In place, unchanged images need no write.
      const bool wanted =
          row.state == ImageState::done || (row.state == ImageState::kept && !request.in_place);
      if (!wanted) continue;
      if (request.in_place && row.replaced) {
        ++replaced_before;
        continue;
      }
      const Result<void> done = put(row);
      ++(done ? written : failed);
      if (done || errors.size() >= most_errors) continue;
      errors.push_back({{"name", printable(row.name)},
                        {"code", imgmill::name_of(done.error().code())},
                        {"message", done.error().message()},
                        {"advice", done.error().advice()}});
    }
  }
  if (written + failed == 0 && replaced_before > 0) {
    return no(ApiError::conflict, "the originals have been replaced already",
              "start another job for that folder");
  }
  const fs::path& where = request.in_place ? job->record.folder : folder;
  auto noted = jobs_.note_written(id, {request.in_place ? WrittenTo::in_place : WrittenTo::folder,
                                       printable(where), written, failed});
  if (!noted) return std::unexpected(std::move(noted).error());
  Json answer;
  answer["images"] = written;
  answer["failed"] = failed;
  answer["backup"] = backup ? Json(printable(*backup)) : Json(nullptr);
  answer["errors"] = std::move(errors);
  return answer;
}

}  // namespace imgmill::server
