#include "server/jobs/names.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "platform/beneath.h"
#include "support/scratch_folder.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;
using test::ScratchFolder;

TEST(Names, OfUploads) {
  for (const std::string& name :
       {std::string("a.png"), std::string("a/b c/d.png"), std::string("\xc3\xa9t\xc3\xa9.jpg"),
        std::string("..a/b..c"), std::string("a.b:c"), std::string(255, 'x')}) {
    EXPECT_TRUE(check_name(name)) << name;
  }
  for (const std::string& name :
       {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"), std::string("."),
        std::string(".."), std::string("a/../b"), std::string("a/."), std::string("a\\b"),
        std::string("a\nb"), std::string("a\0b", 3), std::string("\x7f"), std::string("C:/a"),
        std::string("c:a"), std::string("\xff"), std::string("\xc0\xaf"), std::string(256, 'x'),
        std::string(1025, 'x')}) {
    const auto checked = check_name(name);
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().code(), ErrorCode::usage);
    EXPECT_FALSE(checked.error().advice().empty());
  }
}

TEST(Names, OfLocalFilesAreTamedForArchives) {
  EXPECT_EQ(tame_name("a/b.png"), "a/b.png");
  EXPECT_EQ(tame_name("../../etc/passwd"), "__/__/etc/passwd");
  EXPECT_EQ(tame_name("/abs//x"), "abs/x");
  EXPECT_EQ(tame_name("a\\..\\b"), "a_.._b");
  EXPECT_EQ(tame_name("C:evil"), "C_evil");
  EXPECT_EQ(tame_name("/C:evil"), "C_evil");
  EXPECT_EQ(tame_name("a\nb\xff"), "a_b_");
  EXPECT_EQ(tame_name(""), "_");
  for (const char* name : {"..", "./..", "a/../..", "\\..\\", "c:\\x", "\x01/../\x02"}) {
    EXPECT_TRUE(check_name(tame_name(name))) << name;
  }
}

TEST(Roots, HoldWhatLiesInThemAndNothingElse) {
  const ScratchFolder folder;
  fs::create_directories(folder / "in/deep");
  fs::create_directories(folder / "in-side");
  fs::create_directory_symlink(folder / "in-side", folder / "in/link");
  const auto roots = Roots::create({folder / "in"});
  ASSERT_TRUE(roots);
  EXPECT_TRUE(roots->resolve(folder / "in"));
  EXPECT_EQ(*roots->resolve(folder / "in/deep/../deep"), fs::canonical(folder / "in/deep"));
  for (const fs::path& path : {folder / "in-side", folder / "in/link", folder / "in/..",
                               fs::path("/"), fs::path("in"), folder / "nowhere"}) {
    const auto resolved = roots->resolve(path);
    ASSERT_FALSE(resolved) << path;
    EXPECT_EQ(resolved.error().code(), ErrorCode::usage) << path;
  }
  const auto missing = roots->resolve(folder / "in/none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::environment);
  EXPECT_FALSE(Roots::create({folder / "none"}));
  const auto whole = Roots::create({"/"});
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->resolve(folder / "in/deep"));
}

TEST(Roots, BecomeMore) {
  const ScratchFolder folder;
  folder.write("late/deep/a", "a");
  folder.write("one", "1");
  folder.write("two", "2");
  fs::create_symlink(folder / "one", folder / "link");
  auto made = Roots::create({});
  ASSERT_TRUE(made);
  Roots& roots = *made;
  EXPECT_FALSE(roots.resolve(folder / "late"));
  EXPECT_EQ(roots.allow(folder / "late/../late"), fs::canonical(folder / "late"));
  EXPECT_EQ(roots.allow(folder / "late"), fs::canonical(folder / "late"));
  EXPECT_EQ(roots.folders().size(), 1U);
  EXPECT_TRUE(roots.resolve(folder / "late/deep/a"));
  // An allowed file is that file by any name, and not a folder.
  EXPECT_EQ(roots.allow(folder / "link"), fs::canonical(folder / "one"));
  EXPECT_TRUE(roots.resolve(folder / "one"));
  EXPECT_TRUE(roots.resolve(folder / "link"));
  EXPECT_FALSE(roots.resolve(folder / "two"));
  EXPECT_FALSE(roots.resolve(folder.path()));
  EXPECT_EQ(roots.folders().size(), 1U);
  EXPECT_EQ(roots.allow("late").error().code(), ErrorCode::usage);
  EXPECT_EQ(roots.allow("/dev/null").error().code(), ErrorCode::usage);
  EXPECT_EQ(roots.allow(folder / "none").error().code(), ErrorCode::environment);
}

TEST(Roots, CanBeAskedWhileTheyBecomeMore) {
  const ScratchFolder folder;
  for (int i = 0; i < 200; ++i) fs::create_directory(folder / std::to_string(i));
  auto roots = Roots::create({folder / "0"});
  ASSERT_TRUE(roots);
  std::thread more([&] {
    for (int i = 1; i < 200; ++i) EXPECT_TRUE(roots->allow(folder / std::to_string(i)));
  });
  while (roots->folders().size() < 200) EXPECT_TRUE(roots->resolve(folder / "0"));
  more.join();
  EXPECT_TRUE(roots->resolve(folder / "199"));
}

TEST(Beneath, OnlyWhatLiesBelowIsOpened) {
  const ScratchFolder folder;
  fs::create_directories(folder / "home/sub");
  std::ofstream(folder / "home/sub/own") << "own";
  std::ofstream(folder / "secret") << "secret";
  fs::create_symlink("../secret", folder / "home/out");
  fs::create_symlink("sub/own", folder / "home/within");
  fs::create_directory_symlink(folder.path(), folder / "home/up");
  const auto home = FolderHandle::open(folder / "home");
  ASSERT_TRUE(home);
  EXPECT_TRUE(home->open_file("sub/own"));
  const std::string absolute = (folder / "secret").string();
  for (const std::string& name :
       {std::string("../secret"), std::string("out"), std::string("up/secret"), absolute,
        std::string("sub/../../secret"), std::string(), std::string("sub/own\0x", 9),
        std::string("sub"), std::string("none")}) {
    EXPECT_FALSE(home->open_file(name)) << name;
  }
  EXPECT_TRUE(home->create_file("new"));
  EXPECT_FALSE(home->create_file("new"));  // not twice
  EXPECT_FALSE(home->create_file("../new"));
  EXPECT_FALSE(home->create_file("up/new"));
  EXPECT_FALSE(fs::exists(folder / "new"));
}

}  // namespace
}  // namespace imgmill::server
