#include "batch/copy_others.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/try.h"
#include "pipeline/result_store.h"
#include "platform/atomic_file.h"
#include "platform/file.h"
#include "platform/io_error.h"
#include "platform/thread.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// A path takes some 200 bytes; planning should not block on copies before this many.
constexpr std::size_t most_waiting = 65536;
/// Each thread syncs what it has written, and disks handle several syncs at once.
constexpr int threads = 4;
constexpr std::size_t block = std::size_t{1} << 20;

/// Fills `room` from the file, with less only at its end.
Result<std::size_t> read_block(const OpenFile& file, const fs::path& path,
                               std::span<std::byte> room) {
  std::size_t used = 0;
  while (used < room.size()) {
    const ssize_t got = ::read(file.descriptor.get(), room.data() + used, room.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(io_error(errno, "read", path));
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  return used;
}

Result<bool> same_bytes(const fs::path& one_path, const fs::path& other_path) {
  IMGMILL_TRY(const OpenFile one, open_file(one_path));
  IMGMILL_TRY(const OpenFile other, open_file(other_path));
  if (one.facts.same_file(other.facts)) return true;
  if (one.facts.size != other.facts.size) return false;
  std::vector<std::byte> here(block);
  std::vector<std::byte> there(block);
  for (;;) {
    IMGMILL_TRY(const std::size_t got, read_block(one, one_path, here));
    IMGMILL_TRY(const std::size_t also, read_block(other, other_path, there));
    if (got != also ||
        !std::equal(here.begin(), here.begin() + static_cast<std::ptrdiff_t>(got), there.begin())) {
      return false;
    }
    if (got < block) return true;
  }
}

Result<std::uint64_t> written(const fs::path& from, const fs::path& to, Replace replace) {
  IMGMILL_TRY(const OpenFile source, open_file(from));
  IMGMILL_CHECK(make_folders(to.parent_path()));
  IMGMILL_TRY(AtomicFile file, AtomicFile::create(to));
  std::vector<std::byte> room(std::min<std::uint64_t>(block, source.facts.size + 1));
  std::uint64_t bytes = 0;
  for (;;) {
    IMGMILL_TRY(const std::size_t got, read_block(source, from, room));
    IMGMILL_CHECK(file.write(std::span(room).first(got)));
    bytes += got;
    if (got < room.size()) break;
  }
  IMGMILL_CHECK(file.carry_over(source.facts, Ownership::of_this_process));
  // The bytes matter more than attributes that the target file system does not support.
  static_cast<void>(file.carry_attributes(source.descriptor));
  IMGMILL_CHECK(file.sync());
  IMGMILL_TRY(const Committed committed, file.commit(replace));
  if (committed == Committed::name_is_taken) return std::unexpected(output_exists(to));
  return bytes;
}

/// Returns true if nothing is left to do because the output exists.
Result<bool> is_there(const fs::path& from, const fs::path& to, ExistingOutput existing) {
  IMGMILL_TRY(const std::optional<FileFacts> facts, facts_of(to));
  if (!facts) return false;
  if (existing == ExistingOutput::skip) return true;
  IMGMILL_TRY(const bool same, same_bytes(from, to));
  if (same) return true;
  if (existing == ExistingOutput::refuse) return std::unexpected(output_exists(to));
  return false;
}

}  // namespace

CopiedFile copy_file(const fs::path& from, const fs::path& to, ExistingOutput existing) {
  CopiedFile copied{from, to, 0, false, std::nullopt};
  const auto done = [&]() -> Result<void> {
    IMGMILL_TRY(copied.was_there, is_there(from, to, existing));
    if (copied.was_there) return {};
    const Replace replace = existing == ExistingOutput::overwrite ? Replace::yes : Replace::never;
    IMGMILL_TRY(copied.bytes, written(from, to, replace));
    return {};
  }();
  if (!done) copied.error = done.error();
  return copied;
}

OtherFiles::OtherFiles(ExistingOutput existing, std::function<void(const CopiedFile&)> told,
                       std::stop_token stop)
    : existing_(existing), told_(std::move(told)), stop_(std::move(stop)) {}

OtherFiles::~OtherFiles() { finish(); }

void OtherFiles::copy(fs::path from, fs::path to) {
  if (!waiting_) {
    waiting_ = std::make_unique<BoundedQueue<Copy>>(most_waiting);
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }
  // After a stop the copy is dropped.
  static_cast<void>(waiting_->push(Copy{std::move(from), std::move(to)}, stop_));
}

void OtherFiles::finish() {
  if (!waiting_) return;
  waiting_->close();
  threads_.clear();
  waiting_.reset();
}

void OtherFiles::work() {
  name_this_thread("imgmill-copy");
  while (const std::optional<Copy> next = waiting_->pop(stop_)) {
    if (stop_.stop_requested()) return;
    told_(copy_file(next->from, next->to, existing_));
  }
}

}  // namespace imgmill
