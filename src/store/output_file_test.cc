#include "store/output_file.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <utime.h>

#include "support/other_rights.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::ScratchFolder;

FileFacts facts(const fs::path& file) { return **facts_of(file); }

/// An original with distinct times and permissions.
fs::path original(const ScratchFolder& scratch, const std::string& name = "photos/a.jpg") {
  const fs::path file = scratch.write(name, "the original bytes");
  ::chmod(file.c_str(), 0604);
  const utimbuf times{1'000'000'000, 1'100'000'000};
  ::utime(file.c_str(), &times);
  return file;
}

TEST(WriteOutput, MakesFoldersAndCarriesTimesAndPermissionsOver) {
  const ScratchFolder scratch;
  const fs::path input = original(scratch);
  const fs::path target = scratch / "out/deep/a.jpg";
  EXPECT_EQ(write_output({target, as_bytes("small"), facts(input), Replace::never}),
            Committed::placed);
  const FileFacts now = facts(target);  // before it is read, which changes its access time
  EXPECT_EQ(contents(target), "small");
  EXPECT_EQ(now.permissions, 0604U);
  EXPECT_EQ(now.modified.tv_sec, 1'100'000'000);
  EXPECT_EQ(now.accessed.tv_sec, 1'000'000'000);
}

TEST(WriteOutput, ReplacesOnlyWhenAsked) {
  const ScratchFolder scratch;
  const fs::path input = original(scratch);
  const fs::path target = scratch.write("out.jpg", "there");
  EXPECT_EQ(write_output({target, as_bytes("small"), facts(input), Replace::never}),
            Committed::name_is_taken);
  EXPECT_EQ(contents(target), "there");
  EXPECT_EQ(write_output({target, as_bytes("small"), facts(input), Replace::yes}),
            Committed::placed);
  EXPECT_EQ(contents(target), "small");
}

TEST(ReplaceInPlace, GoesThroughALinkAndMentionsOtherNames) {
  const ScratchFolder scratch;
  const fs::path file = original(scratch);
  fs::create_hard_link(file, scratch / "other-name.jpg");
  fs::create_symlink("photos/a.jpg", scratch / "link.jpg");
  const auto replaced =
      replace_in_place({scratch / "link.jpg", as_bytes("small"), facts(file), std::nullopt});
  ASSERT_TRUE(replaced) << replaced.error().describe();
  ASSERT_EQ(replaced->notes.size(), 1);
  EXPECT_EQ(replaced->notes.front(), "had 2 hard links; the other names keep the old bytes");
  EXPECT_TRUE(fs::is_symlink(scratch / "link.jpg"));
  EXPECT_EQ(contents(file), "small");
  EXPECT_EQ(contents(scratch / "other-name.jpg"), "the original bytes");
  EXPECT_EQ(facts(file).permissions, 0604U);
  EXPECT_EQ(facts(file).modified.tv_sec, 1'100'000'000);
}

TEST(ReplaceInPlace, PutsTheOriginalAwayFirst) {
  const ScratchFolder scratch;
  const fs::path file = original(scratch);
  const FileFacts before = facts(file);
  const fs::path backup = scratch / "backup/photos/a.jpg";
  ASSERT_TRUE(replace_in_place({file, as_bytes("small"), before, backup}));
  EXPECT_EQ(contents(file), "small");
  EXPECT_EQ(contents(backup), "the original bytes");
  EXPECT_TRUE(facts(backup).unchanged_since(before));
}

TEST(ReplaceInPlace, NeverOverwritesABackup) {
  const ScratchFolder scratch;
  const fs::path file = original(scratch);
  const FileFacts before = facts(file);
  const fs::path backup = scratch.write("backup.jpg", "an older original");
  const auto outcome = replace_in_place({file, as_bytes("small"), before, backup});
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().message().find("never overwritten"), std::string::npos);
  EXPECT_EQ(contents(backup), "an older original");
  EXPECT_EQ(contents(file), "the original bytes");
  EXPECT_TRUE(facts(file).unchanged_since(before));
  EXPECT_EQ(scratch.files().size(), 2) << "no temporary file is left";
}

TEST(ReplaceInPlace, TakesUpABackupThatAnInterruptedRunMade) {
  const ScratchFolder scratch;
  const fs::path file = original(scratch);
  fs::create_hard_link(file, scratch / "backup.jpg");
  ASSERT_TRUE(replace_in_place({file, as_bytes("small"), facts(file), scratch / "backup.jpg"}));
  EXPECT_EQ(contents(scratch / "backup.jpg"), "the original bytes");
}

TEST(ReplaceInPlace, TakesUpACopiedBackupOfTheSameBytes) {
  const ScratchFolder scratch;
  const fs::path file = original(scratch);
  scratch.write("backup.jpg", contents(file));
  ASSERT_TRUE(replace_in_place({file, as_bytes("small"), facts(file), scratch / "backup.jpg"}));
  EXPECT_EQ(contents(scratch / "backup.jpg"), "the original bytes");
  EXPECT_EQ(contents(file), "small");
}

TEST(ReplaceInPlace, AsksBeforeItReplacesAndTellsWhatIsThereThen) {
  const ScratchFolder scratch;
  const fs::path file = original(scratch);
  InPlaceRequest request{file, as_bytes("small"), facts(file), scratch / "backup.jpg"};
  request.before_replacing = [&]() -> Result<void> {
    EXPECT_EQ(contents(file), "the original bytes");
    return std::unexpected(Error(ErrorCode::environment, "not now"));
  };
  const auto refused = replace_in_place(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "not now");
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"photos/a.jpg"});
  EXPECT_EQ(contents(file), "the original bytes");
  request.source = facts(file);
  request.before_replacing = nullptr;
  const auto replaced = replace_in_place(request);
  ASSERT_TRUE(replaced);
  ASSERT_TRUE(replaced->facts);
  EXPECT_TRUE(replaced->facts->unchanged_since(facts(file)));
}

TEST(ReplaceInPlace, LeavesAFileThatSomebodyChangedMeanwhile) {
  const ScratchFolder scratch;
  const fs::path file = original(scratch);
  const FileFacts before = facts(file);
  scratch.write("photos/a.jpg", "edited while we worked");
  EXPECT_FALSE(replace_in_place({file, as_bytes("small"), before, std::nullopt}));
  EXPECT_EQ(contents(file), "edited while we worked");
  fs::remove(file);
  EXPECT_FALSE(replace_in_place({file, as_bytes("small"), before, std::nullopt}));
  EXPECT_TRUE(scratch.files().empty());
}

TEST(FullDisk, CostsTheOutputAndNothingElse) {
  const ScratchFolder scratch;
  const fs::path disk = scratch.folder("disk");
  const test::Verdict verdict = test::on_small_disk(disk, "size=64k", [&]() -> std::string {
    const fs::path input = original(scratch, "disk/in.jpg");
    const FileFacts before = facts(input);
    const std::string large(1 << 20, 'x');
    const auto written = write_output({disk / "out.jpg", as_bytes(large), before, Replace::never});
    if (written) return "a megabyte fitted into 64 kB";
    if (!written.error().message().contains("the disk is full")) return written.error().describe();
    const auto replaced = replace_in_place({input, as_bytes(large), before, disk / "backup.jpg"});
    if (replaced) return "the original was replaced by what did not fit";
    if (contents(input) != "the original bytes") return "the original was harmed";
    if (!facts(input).unchanged_since(before)) return "the original was touched";
    std::string left;
    for (const auto& entry : fs::directory_iterator(disk)) left += entry.path().filename();
    return left == "in.jpg" ? "" : "left behind: " + left;
  });
  if (!verdict) GTEST_SKIP() << "no tmpfs can be mounted here (needs root or user namespaces)";
  EXPECT_EQ(*verdict, "");
}

TEST(ReadOnlyDisk, IsSaidClearly) {
  const ScratchFolder scratch;
  const fs::path disk = scratch.folder("disk");
  const fs::path input = original(scratch);
  const test::Verdict verdict = test::on_small_disk(disk, "size=64k", [&]() -> std::string {
    if (::mount("none", disk.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) return "";
    const auto written =
        write_output({disk / "out/a.jpg", as_bytes("x"), facts(input), Replace::yes});
    return written ? "it was written" : written.error().describe();
  });
  if (!verdict) GTEST_SKIP() << "no tmpfs can be mounted here (needs root or user namespaces)";
  EXPECT_NE(verdict->find("read-only"), std::string::npos) << *verdict;
}

TEST(ReadOnlyFolder, IsSaidClearly) {
  const ScratchFolder scratch;
  const fs::path input = original(scratch);
  const fs::path folder = scratch.folder("locked");
  ::chmod(folder.c_str(), 0555);
  const test::Verdict verdict = test::as_nobody([&]() -> std::string {
    const auto written =
        write_output({folder / "a.jpg", as_bytes("x"), facts(input), Replace::never});
    return written ? "it was written" : written.error().describe();
  });
  if (!verdict) GTEST_SKIP() << "cannot become an ordinary user here";
  EXPECT_NE(verdict->find("permission denied"), std::string::npos) << *verdict;
}

// ---- Extended attributes -------------------------------------------------------

bool give(const fs::path& file, const char* name, const std::string& value) {
  return ::setxattr(file.c_str(), name, value.data(), value.size(), 0) == 0;
}

std::string attribute(const fs::path& file, const char* name) {
  std::string value(1000, '\0');
  const ssize_t size = ::getxattr(file.c_str(), name, value.data(), value.size());
  return size < 0 ? "none" : value.substr(0, static_cast<std::size_t>(size));
}

// linux/posix_acl_xattr.h: version 2; user::rw-, user:1234:r--, group::---, mask::r--, other::r--.
std::string access_list() {
  std::string list("\2\0\0\0", 4);
  const auto entry = [&](int tag, int rights, std::uint32_t id) {
    for (const int part : {tag, 0, rights, 0}) list += static_cast<char>(part);
    for (int shift = 0; shift < 32; shift += 8) list += static_cast<char>(id >> shift);
  };
  entry(1, 6, 0xFFFFFFFF);
  entry(2, 4, 1234);
  entry(4, 0, 0xFFFFFFFF);
  entry(16, 4, 0xFFFFFFFF);
  entry(32, 4, 0xFFFFFFFF);
  return list;
}

constexpr const char* acl = "system.posix_acl_access";

TEST(ExtendedAttributes, ComeAlongWithAnOutputAndStayInPlace) {
  const ScratchFolder scratch;
  const fs::path file = original(scratch);
  if (!give(file, "user.xdg.tags", "holiday,sea") || !give(file, "user.empty", "")) {
    GTEST_SKIP() << "no extended attributes on " << scratch.path();
  }
  const bool lists = give(file, acl, access_list());
  const FileFacts before = facts(file);
  const fs::path target = scratch / "out/a.jpg";
  const auto written = write_output({target, as_bytes("small"), before, Replace::never, file});
  ASSERT_TRUE(written) << written.error().describe();
  EXPECT_TRUE(written->notes.empty());
  const auto replaced =
      replace_in_place({file, as_bytes("smaller"), before, scratch / "backup/a.jpg"});
  ASSERT_TRUE(replaced) << replaced.error().describe();
  for (const fs::path& each : {target, file, scratch / "backup/a.jpg"}) {
    EXPECT_EQ(attribute(each, "user.xdg.tags"), "holiday,sea") << each;
    EXPECT_EQ(attribute(each, "user.empty"), "") << each;
    EXPECT_EQ(facts(each).permissions, before.permissions) << each;
    EXPECT_EQ(facts(each).modified.tv_sec, 1'100'000'000) << each;
    if (lists) {
      EXPECT_EQ(attribute(each, acl), access_list()) << each;
    }
  }
  EXPECT_EQ(contents(file), "smaller");
  // Attributes of another file are not copied.
  const auto other = write_output({scratch / "b.jpg", as_bytes("x"), before, Replace::never});
  ASSERT_TRUE(other);
  EXPECT_EQ(attribute(scratch / "b.jpg", "user.xdg.tags"), "none");
}

TEST(ExtendedAttributes, ThatCannotBeKeptAreANote) {
  const ScratchFolder scratch;
  const fs::path file = original(scratch);
  if (!give(file, "user.xdg.tags", "holiday")) {
    GTEST_SKIP() << "no extended attributes on " << scratch.path();
  }
  const fs::path disk = scratch.folder("disk");
  // ramfs does not support attributes.
  if (::mount("ramfs", disk.c_str(), "ramfs", 0, nullptr) != 0) {
    GTEST_SKIP() << "no ramfs can be mounted here (needs root)";
  }
  const auto written =
      write_output({disk / "a.jpg", as_bytes("small"), facts(file), Replace::never, file});
  ::umount2(disk.c_str(), MNT_DETACH);
  ASSERT_TRUE(written) << written.error().describe();
  ASSERT_EQ(written->notes.size(), 1U);
  EXPECT_EQ(written->notes[0], "extended attributes could not be kept there: user.xdg.tags");
}

TEST(BackupFromAnotherDisk, IsACopy) {
  const ScratchFolder scratch;
  const fs::path file = original(scratch);
  const fs::path disk = scratch.folder("disk");
  const test::Verdict verdict = test::on_small_disk(disk, "size=256k", [&]() -> std::string {
    const auto replaced =
        replace_in_place({file, as_bytes("small"), facts(file), disk / "deep/a.jpg"});
    if (!replaced) return replaced.error().describe();
    if (contents(disk / "deep/a.jpg") != "the original bytes") return "the copy differs";
    if (facts(disk / "deep/a.jpg").modified.tv_sec != 1'100'000'000) return "the time is lost";
    return contents(file) == "small" ? "" : "not replaced";
  });
  if (!verdict) GTEST_SKIP() << "no tmpfs can be mounted here (needs root or user namespaces)";
  EXPECT_EQ(*verdict, "");
}

}  // namespace
}  // namespace imgmill
