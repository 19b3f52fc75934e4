#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/file_names.h"
#include "imgmill/batch.h"
#include "support/other_rights.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::ScratchFolder;
using Lines = std::vector<std::string>;

/// Every planned task as "input -> output", failures as "input !! message", with
/// the scratch folder's name left out.
Lines lines_of(const ScratchFolder& scratch, Result<std::unique_ptr<TaskSource>> source) {
  const std::string here = scratch.path().native() + '/';
  const auto shortened = [&](std::string line) {
    for (auto at = line.find(here); at != line.npos; at = line.find(here)) {
      line.erase(at, here.size());
    }
    return line;
  };
  if (!source) return {shortened("usage: " + source.error().message())};
  Lines lines;
  while (const std::optional<PlannedTask> planned = (*source)->next()) {
    std::string line =
        *planned ? (*planned)->input_path.native() + " -> " + (*planned)->output_path.native()
                 : planned->error().input_path.native() + " !! " + planned->error().error.message();
    lines.push_back(shortened(std::move(line)));
  }
  return lines;
}

struct Wish {
  std::vector<fs::path> inputs;
  fs::path output;
  std::optional<Format> format = std::nullopt;
  bool in_place = false;
  bool all_files = false;
  bool follow_links = false;
  std::vector<fs::path> exclude = {};
};

Lines plan_in(const ScratchFolder& scratch, const Wish& wish) {
  PlanRequest request;
  for (const fs::path& input : wish.inputs) request.inputs.push_back(scratch / input);
  if (!wish.output.empty()) request.output = scratch.path().native() + '/' + wish.output.native();
  for (const fs::path& folder : wish.exclude) request.exclude.push_back(scratch / folder);
  request.in_place = wish.in_place;
  request.all_files = wish.all_files;
  request.follow_links = wish.follow_links;
  ImageSettings settings;
  settings.output_format = wish.format;
  request.settings = std::make_shared<const ImageSettings>(settings);
  return lines_of(scratch, plan(std::move(request)));
}

TEST(Plan, WalksInByteOrderAndKeepsTheTree) {
  const ScratchFolder scratch;
  for (const char* name : {"p/b.jpg", "p/B.png", "p/a/x.webp", "p/a.JPEG", "p/note.txt",
                           "p/.hidden.jpg", "p/.git/y.jpg", "p/.imgmill-1-2.part"}) {
    scratch.write(name, "x");
  }
  EXPECT_EQ(plan_in(scratch, {{"p"}, "out"}),
            (Lines{"p/B.png -> out/B.png", "p/a/x.webp -> out/a/x.webp", "p/a.JPEG -> out/a.JPEG",
                   "p/b.jpg -> out/b.jpg"}));
  EXPECT_EQ(plan_in(scratch, {{"p/"}, "out/"}).size(), 4);
  EXPECT_EQ(plan_in(scratch, {.inputs = {"p"}, .output = "out", .all_files = true}).size(), 5);
}

TEST(Plan, TakesNamedFilesWhateverTheyAreCalled) {
  const ScratchFolder scratch;
  scratch.write("p/photo", "x");
  scratch.write("q/.hidden.jpg", "x");
  EXPECT_EQ(plan_in(scratch, {{"p/photo", "q/.hidden.jpg", "nope.jpg"}, "out"}),
            (Lines{"p/photo -> out/photo", "q/.hidden.jpg -> out/.hidden.jpg",
                   "nope.jpg !! cannot read 'nope.jpg': there is no such file or folder"}));
}

TEST(Plan, OneFileMayNameItsOutput) {
  const ScratchFolder scratch;
  scratch.write("a.jpg", "x");
  scratch.folder("there");
  EXPECT_EQ(plan_in(scratch, {{"a.jpg"}, "small.jpg"}), Lines{"a.jpg -> small.jpg"});
  EXPECT_EQ(plan_in(scratch, {{"a.jpg"}, "small"}), Lines{"a.jpg -> small"});
  EXPECT_EQ(plan_in(scratch, {{"a.jpg"}, "small/"}), Lines{"a.jpg -> small/a.jpg"});
  EXPECT_EQ(plan_in(scratch, {{"a.jpg"}, "there"}), Lines{"a.jpg -> there/a.jpg"});
}

TEST(Plan, RenamesForAnotherFormat) {
  const ScratchFolder scratch;
  for (const char* name : {"p/a.PNG", "p/b.webp", "p/c.WEBP"}) scratch.write(name, "x");
  EXPECT_EQ(plan_in(scratch, {{"p"}, "out", Format::webp}),
            (Lines{"p/a.PNG -> out/a.webp", "p/b.webp -> out/b.webp", "p/c.WEBP -> out/c.WEBP"}));
}

TEST(Names, FollowTheFormat) {
  EXPECT_EQ(name_for("a.jpe", Format::jpeg), "a.jpe");
  EXPECT_EQ(name_for("a.JPG", Format::jpeg), "a.JPG");
  EXPECT_EQ(name_for("a", Format::webp), "a.webp");
  EXPECT_EQ(name_for("v1.2", Format::png), "v1.2.png");
  EXPECT_EQ(name_for("a.", Format::png), "a.png");
  EXPECT_EQ(name_for(".png", Format::gif), ".png.gif");
  EXPECT_EQ(name_for("a.b.tif", Format::avif), "a.b.avif");
  EXPECT_EQ(format_of_name("x.TIFF"), Format::tiff);
  EXPECT_EQ(format_of_name(".jpg"), std::nullopt);
  EXPECT_EQ(format_of_name("jpg"), std::nullopt);
}

TEST(Plan, NamesBothInputsOfOneOutput) {
  const ScratchFolder scratch;
  for (const char* name : {"p/a.jpg", "q/a.jpg", "r/A.JPG"}) scratch.write(name, "x");
  EXPECT_EQ(plan_in(scratch, {{"p", "q", "r"}, "out"}),
            (Lines{"p/a.jpg -> out/a.jpg",
                   "q/a.jpg !! 'p/a.jpg' and 'q/a.jpg' would both be written to 'out/a.jpg'",
                   "r/A.JPG !! 'p/a.jpg' and 'r/A.JPG' would both be written to 'out/A.JPG'"}));
  EXPECT_EQ(plan_in(scratch, {{"p", "p/a.jpg"}, "out"}).back(),
            "p/a.jpg !! 'p/a.jpg' is named twice");
}

TEST(Plan, FindsCollisionsAfterAFormatChange) {
  const ScratchFolder scratch;
  for (const char* name : {"p/a.jpg", "p/a.png", "p/A.gif"}) scratch.write(name, "x");
  EXPECT_EQ(plan_in(scratch, {{"p"}, "out", Format::webp}),
            (Lines{"p/A.gif -> out/A.webp",
                   "p/a.jpg !! 'p/A.gif' and 'p/a.jpg' would both be written to 'out/a.webp'",
                   "p/a.png !! 'p/A.gif' and 'p/a.png' would both be written to 'out/a.webp'"}));
}

TEST(Plan, InPlaceTellsNamesApartByCase) {
  const ScratchFolder scratch;
  for (const char* name : {"p/a.jpg", "p/A.jpg"}) scratch.write(name, "x");
  EXPECT_EQ(plan_in(scratch, {.inputs = {"p"}, .output = "", .in_place = true}),
            (Lines{"p/A.jpg -> p/A.jpg", "p/a.jpg -> p/a.jpg"}));
  EXPECT_EQ(
      plan_in(scratch, {.inputs = {"p"}, .output = "", .format = Format::webp, .in_place = true}),
      Lines{"usage: originals cannot be replaced by another format"});
}

TEST(Plan, RefusesContradictions) {
  const ScratchFolder scratch;
  scratch.write("p/a.jpg", "x");
  scratch.write("p/b.webp", "x");
  scratch.write("file", "x");
  EXPECT_EQ(plan_in(scratch, {{}, "out"}), Lines{"usage: there is nothing to do"});
  EXPECT_EQ(plan_in(scratch, {{"p"}, ""}), Lines{"usage: there is no place for the output"});
  EXPECT_EQ(plan_in(scratch, {{"p"}, "p"}),
            Lines{"usage: the output folder 'p' is an input folder"});
  EXPECT_EQ(plan_in(scratch, {{"p"}, "file"}),
            Lines{"usage: the output 'file' is a file, and several inputs need a folder"});
  EXPECT_EQ(plan_in(scratch, {{"p/a.jpg"}, "p/"}),
            Lines{"p/a.jpg !! 'p/a.jpg' would be written over itself"});
  // Another format beside the originals is fine, but not over one of them.
  EXPECT_EQ(plan_in(scratch, {{"p"}, "p", Format::webp}),
            (Lines{"p/a.jpg -> p/a.webp", "p/b.webp !! 'p/b.webp' would be written over itself"}));
}

TEST(Plan, DoesNotWalkItsOwnOutput) {
  const ScratchFolder scratch;
  scratch.write("p/a.jpg", "x");
  scratch.write("p/small/a.jpg", "x");
  scratch.write("p/orig/a.jpg", "x");
  EXPECT_EQ(plan_in(scratch, {.inputs = {"p"}, .output = "p/small", .exclude = {"p/orig"}}),
            Lines{"p/a.jpg -> p/small/a.jpg"});
  fs::create_directory_symlink(scratch / "p", scratch / "alias");
  EXPECT_EQ(plan_in(scratch, {.inputs = {"alias"}, .output = "p/small", .exclude = {"p/orig"}}),
            Lines{"alias/a.jpg -> p/small/a.jpg"});
}

TEST(Plan, TheOutputMayComeToExistDuringTheWalk) {
  const ScratchFolder scratch;
  scratch.write("p/a.jpg", "x");
  scratch.write("p/z.jpg", "x");
  PlanRequest request;
  request.inputs = {scratch / "p"};
  request.output = scratch / "p/out";
  auto source = plan(request);
  ASSERT_TRUE(source);
  int tasks = 0;
  while (const auto planned = (*source)->next()) {
    ASSERT_TRUE(*planned);
    scratch.write("p/out/" + (*planned)->input_path.filename().native(), "y");
    ++tasks;
  }
  EXPECT_EQ(tasks, 2);
}

TEST(Plan, LinkedFilesAreTakenAndLinkedFoldersOnlyWhenAsked) {
  const ScratchFolder scratch;
  scratch.write("real/a.jpg", "x");
  scratch.folder("p");
  fs::create_symlink("../real/a.jpg", scratch / "p/l.jpg");
  fs::create_symlink("nowhere", scratch / "p/dangling.jpg");
  fs::create_symlink("nowhere", scratch / "p/other");
  fs::create_directory_symlink("../real", scratch / "p/folder");
  fs::create_directory_symlink("..", scratch / "p/loop");
  fs::create_directory_symlink(".", scratch / "p/self");
  const std::string dangling =
      "p/dangling.jpg !! cannot read 'p/dangling.jpg': there is no such file or folder "
      "(the link points to nothing)";
  EXPECT_EQ(plan_in(scratch, {{"p"}, "out"}), (Lines{dangling, "p/l.jpg -> out/l.jpg"}));
  const Lines followed = plan_in(scratch, {.inputs = {"p"}, .output = "out", .follow_links = true});
  // p/loop leads above p, so it is walked once; p inside it leads back.
  EXPECT_EQ(followed, (Lines{dangling, "p/folder/a.jpg -> out/folder/a.jpg", "p/l.jpg -> out/l.jpg",
                             "p/loop/real/a.jpg -> out/loop/real/a.jpg"}));
}

TEST(Plan, InPlaceAFileIsDoneOnceHoweverManyLinksLeadToIt) {
  const ScratchFolder scratch;
  scratch.write("p/b.jpg", "x");
  scratch.write("p/deep/c.jpg", "x");
  scratch.write("other/d.jpg", "x");
  fs::create_symlink("b.jpg", scratch / "p/a.jpg");  // before its file
  fs::create_symlink("a.jpg", scratch / "p/z.jpg");  // a link to a link
  fs::create_symlink("../p/deep/c.jpg", scratch / "p/c.jpg");
  fs::create_symlink("../other/d.jpg", scratch / "p/d1.jpg");  // its file is no input
  fs::create_symlink("../other/d.jpg", scratch / "p/d2.jpg");
  fs::create_directory_symlink("p", scratch / "same");
  const Lines once{"p/b.jpg -> p/b.jpg", "p/deep/c.jpg -> p/deep/c.jpg", "p/d1.jpg -> p/d1.jpg"};
  EXPECT_EQ(plan_in(scratch, {.inputs = {"p"}, .output = "", .in_place = true}), once);
  EXPECT_EQ(plan_in(scratch, {.inputs = {"p", "same", "p/b.jpg", "same/b.jpg", "p/a.jpg"},
                              .output = "",
                              .in_place = true}),
            once);
  EXPECT_EQ(plan_in(scratch, {.inputs = {"p/z.jpg", "p/a.jpg", "other"},
                              .output = "",
                              .in_place = true,
                              .follow_links = true}),
            (Lines{"other/d.jpg -> other/d.jpg", "p/z.jpg -> p/z.jpg"}));
  // In another folder each name gets its file.
  EXPECT_EQ(plan_in(scratch, {{"p"}, "out"}).size(), 7U);
}

TEST(Plan, GoesOnAfterAFolderItMayNotRead) {
  const ScratchFolder scratch;
  for (const char* name : {"p/a.jpg", "p/locked/b.jpg", "p/z.jpg"}) scratch.write(name, "x");
  ::chmod((scratch / "p/locked").c_str(), 0);
  const test::Verdict verdict = test::as_nobody([&]() -> std::string {
    std::string all;
    for (const std::string& line : plan_in(scratch, {{"p"}, "out"})) all += line + '\n';
    return all;
  });
  ::chmod((scratch / "p/locked").c_str(), 0755);
  if (!verdict) GTEST_SKIP() << "cannot become an ordinary user here";
  EXPECT_EQ(*verdict,
            "p/a.jpg -> out/a.jpg\n"
            "p/locked/ !! cannot list the folder 'p/locked/': permission denied\n"
            "p/z.jpg -> out/z.jpg\n");
}

TEST(Plan, CarriesNamesThatAreNotUtf8) {
  const ScratchFolder scratch;
  scratch.write("p/\xFF\xFE.jpg", "x");
  EXPECT_EQ(plan_in(scratch, {{"p"}, "out"}), Lines{"p/\xFF\xFE.jpg -> out/\xFF\xFE.jpg"});
}

TEST(Plan, SurvivesDeepTrees) {
  const ScratchFolder scratch;
  std::string deep = "p";
  for (int i = 0; i < 600; ++i) deep += "/d";
  scratch.write(deep + "/a.jpg", "x");
  const Lines lines = plan_in(scratch, {{"p"}, "out"});
  ASSERT_EQ(lines.size(), 1);
  EXPECT_TRUE(lines.front().ends_with("/d/d/a.jpg"));
}

TEST(TasksFrom, RefusesTwoTasksWithOneOutput) {
  std::vector<ImageTask> tasks = {{"a.jpg", "out/x.jpg", nullptr},
                                  {"b.jpg", "out/./X.jpg", nullptr},
                                  {"c.jpg", "", nullptr},
                                  {"d.jpg", "d.jpg", nullptr},
                                  {"D.jpg", "D.jpg", nullptr}};
  const auto source = tasks_from(std::move(tasks));
  EXPECT_TRUE((*source->next())->settings);
  const auto second = *source->next();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().error.message(),
            "'a.jpg' and 'b.jpg' would both be written to 'out/./X.jpg'");
  EXPECT_FALSE(*source->next());
  EXPECT_TRUE(*source->next());
  EXPECT_TRUE(*source->next()) << "originals that are replaced may differ in case";
  EXPECT_FALSE(source->next());
}

TEST(Plan, DrawingsKeepTheirNameWhateverTheOthersBecome) {
  const ScratchFolder scratch;
  for (const char* const name : {"in/a.svg", "in/a.png"}) scratch.write(name, "x");
  Lines lines = plan_in(scratch, {{"in"}, "out/", Format::webp});
  std::ranges::sort(lines);
  EXPECT_EQ(lines, (Lines{"in/a.png -> out/a.webp", "in/a.svg -> out/a.svg"}));
  ImageSettings best;
  best.choose_format = true;
  const auto paths = possible_output_paths("out/a.svg", best);
  EXPECT_NE(std::ranges::find(paths, fs::path("out/a.svg")), paths.end());
}

}  // namespace
}  // namespace imgmill
