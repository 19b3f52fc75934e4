#include "watch/made_outputs.h"

#include "base/text.h"
#include "base/try.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

constexpr int version = 1;
constexpr const char* schema =
    "CREATE TABLE outputs(output BLOB PRIMARY KEY, input BLOB, size INTEGER, modified INTEGER, "
    "changed INTEGER, inode INTEGER, device INTEGER) WITHOUT ROWID;";

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Result<std::unique_ptr<MadeOutputs>> MadeOutputs::open(const fs::path& folder,
                                                       std::string_view identity,
                                                       std::string& note) {
  IMGMILL_CHECK(make_folders(folder));
  const fs::path file = folder / (content_hash(as_bytes(identity)).hex() + ".sqlite");
  IMGMILL_TRY(Database database, open_or_restart(file, Sharing::exclusive, version, schema, note));
  std::unique_ptr<MadeOutputs> made(new MadeOutputs(std::move(database)));
  IMGMILL_CHECK(made->load());
  return made;
}

Result<void> MadeOutputs::load() {
  return writer_.with_database([&](Database& database) -> Result<void> {
    Query query(database,
                "SELECT output, input, size, modified, changed, inode, device FROM outputs");
    for (;;) {
      IMGMILL_TRY(const bool there, query.next());
      if (!there) return {};
      remember(std::string(as_text(query.blob(0))),
               {std::string(as_text(query.blob(1))), query.integer(2), query.integer(3),
                query.integer(4), query.integer(5), query.integer(6)});
    }
  });
}

MadeOutputs::Row MadeOutputs::row_of(std::string input, const FileFacts& facts) {
  return {std::move(input),
          static_cast<std::int64_t>(facts.size),
          nanoseconds(facts.modified),
          nanoseconds(facts.changed),
          static_cast<std::int64_t>(facts.inode),
          static_cast<std::int64_t>(facts.device)};
}

void MadeOutputs::remember(std::string output, Row row) {
  const auto found = rows_.find(output);
  if (found != rows_.end()) by_input_.erase({found->second.input, output});
  by_input_.emplace(row.input, output);
  rows_.insert_or_assign(std::move(output), std::move(row));
}

void MadeOutputs::record(const fs::path& input, const fs::path& output, const FileFacts& facts) {
  const std::string name = names_.of(output);
  const Row row = row_of(names_.of(input), facts);
  {
    const std::lock_guard lock(mutex_);
    const auto found = rows_.find(name);
    if (found != rows_.end() && found->second == row) return;
    remember(name, row);
  }
  writer_.post([name, row](Database& database) {
    return Query(database, "INSERT OR REPLACE INTO outputs VALUES(?,?,?,?,?,?,?)")
        .with(as_bytes(name), as_bytes(row.input), row.size, row.modified, row.changed, row.inode,
              row.device)
        .run();
  });
}

void MadeOutputs::forget(const fs::path& output) {
  const std::string name = names_.of(output);
  {
    const std::lock_guard lock(mutex_);
    const auto found = rows_.find(name);
    if (found == rows_.end()) return;
    by_input_.erase({found->second.input, name});
    rows_.erase(found);
  }
  writer_.post([name](Database& database) {
    return Query(database, "DELETE FROM outputs WHERE output = ?").with(as_bytes(name)).run();
  });
}

MadeOutputs::Made MadeOutputs::made(const std::string& output, const Row& row) {
  const Result<std::optional<FileFacts>> facts = facts_of(output, Links::show);
  return {row.input, output, facts && *facts && row_of(row.input, **facts) == row};
}

std::optional<MadeOutputs::Made> MadeOutputs::at(const fs::path& output) const {
  const std::lock_guard lock(mutex_);
  const auto found = rows_.find(names_.of(output));
  if (found == rows_.end()) return std::nullopt;
  return made(found->first, found->second);
}

std::vector<MadeOutputs::Made> MadeOutputs::made_of(const fs::path& input) const {
  const std::lock_guard lock(mutex_);
  const std::string name = names_.of(input);
  std::vector<Made> all;
  for (auto at = by_input_.lower_bound({name, ""}); at != by_input_.end() && at->first == name;
       ++at) {
    all.push_back(made(at->second, rows_.at(at->second)));
  }
  return all;
}

std::vector<MadeOutputs::Made> MadeOutputs::made_below(const fs::path& folder) const {
  const std::lock_guard lock(mutex_);
  std::string prefix = names_.of(folder);
  if (!prefix.ends_with('/')) prefix += '/';
  std::vector<Made> all;
  for (auto at = by_input_.lower_bound({prefix, ""});
       at != by_input_.end() && at->first.starts_with(prefix); ++at) {
    all.push_back(made(at->second, rows_.at(at->second)));
  }
  return all;
}

}  // namespace imgmill
