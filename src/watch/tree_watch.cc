#include "watch/tree_watch.h"

#include <algorithm>
#include <system_error>

#include "base/try.h"
#include "platform/file.h"
#include "platform/folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

fs::path folder_path(const std::string& prefix) { return prefix.empty() ? "." : prefix; }

/// Links, to files and of them, are made in one step and never closed.
bool made_at_once(const std::string& path) {
  const Result<std::optional<FileFacts>> facts = facts_of(path, Links::show);
  return facts && *facts && ((*facts)->kind == FileKind::link || (*facts)->links > 1);
}

}  // namespace

TreeWatch::TreeWatch(FolderEventSource& events, std::vector<std::string> roots,
                     std::vector<std::string> skipped)
    : events_(events), roots_(std::move(roots)), skipped_(std::move(skipped)) {}

Result<std::vector<TreeChange>> TreeWatch::scan() {
  std::vector<TreeChange> changes;
  for (const std::string& root : roots_) IMGMILL_CHECK(enter(root, true, changes));
  return changes;
}

Result<void> TreeWatch::add_file(const fs::path& file) {
  std::string prefix = file.native();
  prefix.resize(prefix.rfind('/') + 1);
  IMGMILL_TRY(const int watch, events_.add(folder_path(prefix)));
  // A folder of the tree tells of all its files anyway.
  folders_.try_emplace(watch, Folder{prefix, file.filename().native(), false});
  return {};
}

bool TreeWatch::is_skipped(const std::string& prefix) const {
  std::error_code error;
  const std::string canonical = fs::canonical(folder_path(prefix), error).native();
  return !error && std::ranges::find(skipped_, canonical) != skipped_.end();
}

Result<void> TreeWatch::enter(const std::string& prefix, bool root,
                              std::vector<TreeChange>& changes) {
  std::vector<std::string> waiting = {prefix};
  while (!waiting.empty()) {
    const std::string at = std::move(waiting.back());
    waiting.pop_back();
    if (is_skipped(at)) continue;
    // Watched before it is listed, so that nothing comes in between unseen.
    const Result<int> watch = events_.add(folder_path(at));
    std::error_code error;
    const bool gone = !watch && !fs::exists(folder_path(at), error);
    if (gone && !(root && at == prefix)) continue;
    if (!watch) return std::unexpected(watch.error());
    folders_[*watch] = {at, {}, root && at == prefix};
    watches_[at] = *watch;
    const Result<FolderListing> listing = list_folder(folder_path(at));
    if (!listing) continue;  // gone again, which an event tells
    for (std::size_t i = 0; i < listing->size(); ++i) {
      const FolderListing::Entry entry = (*listing)[i];
      if (entry.name.starts_with('.')) continue;
      std::string path = at + std::string(entry.name);
      if (entry.kind == EntryKind::folder) {
        waiting.push_back(std::move(path) + '/');
      } else if (entry.kind != EntryKind::other) {
        changes.push_back({TreeChange::Kind::complete, std::move(path)});
      }
    }
  }
  return {};
}

void TreeWatch::leave(const std::string& prefix) {
  auto at = watches_.lower_bound(prefix);
  while (at != watches_.end() && at->first.starts_with(prefix)) {
    events_.remove(at->second);
    folders_.erase(at->second);
    at = watches_.erase(at);
  }
}

Result<void> TreeWatch::take(const FolderEvent& event, std::vector<TreeChange>& changes) {
  const auto found = folders_.find(event.watch);
  if (found == folders_.end()) return {};  // of a folder that was left meanwhile
  const Folder folder = found->second;
  if (event.kind == FolderEvent::Kind::ended) {
    if (folder.root) changes.push_back({TreeChange::Kind::root_gone, folder.prefix});
    return {};
  }
  if (event.name.starts_with('.') || (!folder.only.empty() && folder.only != event.name)) return {};
  std::string path = folder.prefix + event.name;
  if (event.folder) {
    path += '/';
    if (event.kind == FolderEvent::Kind::left) {
      leave(path);
      changes.push_back({TreeChange::Kind::gone_below, std::move(path)});
      return {};
    }
    const bool here =
        event.kind == FolderEvent::Kind::created || event.kind == FolderEvent::Kind::came;
    return here ? enter(path, false, changes) : Result<void>();
  }
  const bool open = event.kind == FolderEvent::Kind::written ||
                    (event.kind == FolderEvent::Kind::created && !made_at_once(path));
  changes.push_back(
      {open ? TreeChange::Kind::writing : TreeChange::Kind::complete, std::move(path)});
  return {};
}

Result<std::vector<TreeChange>> TreeWatch::wait() {
  IMGMILL_TRY(const FolderEventBatch batch, events_.wait());
  std::vector<TreeChange> changes;
  for (const FolderEvent& event : batch.events) IMGMILL_CHECK(take(event, changes));
  if (!batch.overflowed) return changes;
  for (const std::string& root : roots_) {
    leave(root);
    changes.push_back({TreeChange::Kind::gone_below, root});
  }
  IMGMILL_TRY(const std::vector<TreeChange> found, scan());
  changes.insert(changes.end(), found.begin(), found.end());
  return changes;
}

}  // namespace imgmill
