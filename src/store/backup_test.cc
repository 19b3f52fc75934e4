#include "store/backup.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "platform/file.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::ScratchFolder;

/// The state after a run in place: the backup holds the original, the file its replacement.
fs::path replaced(const ScratchFolder& scratch, const std::string& name) {
  const fs::path file = scratch.write(name, "small " + name);
  const fs::path backup = backup_path(scratch / "backup", file);
  fs::create_directories(backup.parent_path());
  scratch.write(backup.lexically_relative(scratch.path()), "the original " + name);
  ::chmod(backup.c_str(), 0604);
  const utimbuf times{1'000'000'000, 1'100'000'000};
  ::utime(backup.c_str(), &times);
  EXPECT_TRUE(note_backup(scratch / "backup", file, content_hash(as_bytes("small " + name))));
  return file;
}

std::map<fs::path, Restored> run(const RestoreRequest& request) {
  std::map<fs::path, Restored> files;
  const auto outcome =
      restore(request, [&](const Restored& file) { files[file.original.filename()] = file; });
  EXPECT_TRUE(outcome) << outcome.error().describe();
  return files;
}

TEST(BackupPath, KeepsTheWholePathSoThatNoneMeet) {
  EXPECT_EQ(backup_path("B", "photos/a.jpg"), "B/photos/a.jpg");
  EXPECT_EQ(backup_path("B", "./photos/../photos/a.jpg"), "B/photos/a.jpg");
  EXPECT_EQ(backup_path("B", "/home/ada/a.jpg"), "B/home/ada/a.jpg");
  const fs::path up = backup_path("B", "../a.jpg");
  EXPECT_FALSE(up.native().contains(".."));
  EXPECT_EQ(up.filename(), "a.jpg");
}

TEST(Restore, BringsEveryOriginalBackWithTimesAndPermissions) {
  const ScratchFolder scratch;
  const std::string odd = "photos/tab\tline\nback\\slash.jpg";
  const fs::path a = replaced(scratch, "photos/a.jpg");
  const fs::path b = replaced(scratch, odd);
  const fs::path gone = replaced(scratch, "photos/deep/gone.jpg");
  fs::remove_all(gone.parent_path());
  const auto files = run({scratch / "backup", {}, false, false});
  EXPECT_EQ(files.size(), 3);
  for (const auto& [name, file] : files) EXPECT_FALSE(file.error) << name;
  EXPECT_EQ(contents(a), "the original photos/a.jpg");
  EXPECT_EQ(contents(b), "the original " + odd);
  EXPECT_EQ(contents(gone), "the original photos/deep/gone.jpg");
  const FileFacts facts = **facts_of(a);
  EXPECT_EQ(facts.permissions, 0604U);
  EXPECT_EQ(facts.modified.tv_sec, 1'100'000'000);
  const auto again = run({scratch / "backup", {}, false, false});
  for (const auto& [name, file] : again) EXPECT_TRUE(file.was_there && !file.error) << name;
}

TEST(Restore, LeavesWhatWasChangedSinceUnlessTold) {
  const ScratchFolder scratch;
  const fs::path file = replaced(scratch, "a.jpg");
  scratch.write("a.jpg", "edited since");
  auto files = run({scratch / "backup", {}, false, true});
  ASSERT_TRUE(files["a.jpg"].error);
  EXPECT_NE(files["a.jpg"].error->message().find("was changed"), std::string::npos);
  EXPECT_EQ(contents(file), "edited since");
  EXPECT_TRUE(fs::exists(files["a.jpg"].backup)) << "a backup that was not restored stays";
  files = run({scratch / "backup", {}, true, false});
  EXPECT_FALSE(files["a.jpg"].error);
  EXPECT_EQ(contents(file), "the original a.jpg");
}

TEST(Restore, RemovesBackupsOnlyWhenTold) {
  const ScratchFolder scratch;
  replaced(scratch, "photos/a.jpg");
  run({scratch / "backup", {}, false, false});
  EXPECT_TRUE(fs::exists(scratch / "backup"));
  run({scratch / "backup", {}, false, true});
  EXPECT_FALSE(fs::exists(scratch / "backup"));
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"photos/a.jpg"});
}

TEST(Restore, PutsTheTreeElsewhere) {
  const ScratchFolder scratch;
  const fs::path file = replaced(scratch, "a.jpg");
  run({scratch / "backup", scratch / "elsewhere", false, false});
  EXPECT_EQ(contents(file), "small a.jpg");
  EXPECT_EQ(contents(backup_path(scratch / "elsewhere", file)), "the original a.jpg");
}

TEST(Restore, GoesThroughALink) {
  const ScratchFolder scratch;
  const fs::path file = replaced(scratch, "a.jpg");
  fs::rename(file, scratch / "real.jpg");
  fs::create_symlink("real.jpg", file);
  run({scratch / "backup", {}, false, false});
  EXPECT_TRUE(fs::is_symlink(file));
  EXPECT_EQ(contents(scratch / "real.jpg"), "the original a.jpg");
}

TEST(Restore, SaysWhatItCannotKnow) {
  const ScratchFolder scratch;
  scratch.write("photos/stray.jpg", "from another program");
  const auto none = restore({scratch / "photos", {}, false, false}, [](const Restored&) {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), ErrorCode::usage);
  scratch.write("backup/stray.jpg", "from another program");
  ASSERT_TRUE(note_backup(scratch / "backup", "gone.jpg", content_hash(as_bytes("x"))));
  std::vector<Restored> files;
  ASSERT_TRUE(restore({scratch / "backup", {}, false, false},
                      [&](const Restored& file) { files.push_back(file); }));
  ASSERT_EQ(files.size(), 1);
  ASSERT_TRUE(files[0].error);
  EXPECT_NE(files[0].error->advice().find("--to"), std::string::npos);
  EXPECT_FALSE(restore({scratch / "nowhere", {}, false, false}, [](const Restored&) {}));
}

TEST(Restore, TellsOfManyInOrderWhateverOneOfThemIs) {
  const ScratchFolder scratch;
  constexpr int count = 1200;
  const auto name = [](int i) { return "f" + std::to_string(10000 + i); };
  scratch.folder("originals");
  for (int i = 0; i < count; ++i) {
    const fs::path original = scratch.write("photos/" + name(i), "smaller");
    // As --in-place --backup does it.
    const fs::path backup = backup_path(scratch / "originals", original);
    fs::create_directories(backup.parent_path());
    std::ofstream(backup) << "original " << i;
    ASSERT_TRUE(note_backup(scratch / "originals", original, content_hash(as_bytes("smaller"))));
  }
  scratch.write("photos/" + name(700), "changed since");
  std::vector<std::string> told;
  int failed = 0;
  const auto done = restore({scratch / "originals", {}, false, false}, [&](const Restored& file) {
    told.push_back(file.original.filename().native());
    failed += file.error ? 1 : 0;
  });
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(told.size(), static_cast<std::size_t>(count));
  EXPECT_TRUE(std::ranges::is_sorted(told));
  for (int i = 0; i < count; ++i) {
    EXPECT_EQ(contents(scratch / ("photos/" + name(i))),
              i == 700 ? "changed since" : "original " + std::to_string(i));
  }
}

}  // namespace
}  // namespace imgmill
