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

enum class LeftOutOnes { hidden, shown };

/// Every planned task as "input -> output", failures as "input !! message" and, if requested,
/// left-out files as "path (kind)" or "path => copy", without the scratch folder's name.
Lines lines_of(const ScratchFolder& scratch, Result<std::unique_ptr<TaskSource>> source,
               LeftOutOnes left_out_ones) {
  const std::string here = scratch.path().native() + '/';
  const auto shortened = [&](std::string line) {
    for (auto at = line.find(here); at != line.npos; at = line.find(here)) {
      line.erase(at, here.size());
    }
    return line;
  };
  if (!source) return {shortened("usage: " + source.error().message())};
  Lines lines;
  if (left_out_ones == LeftOutOnes::shown) {
    (*source)->on_left_out([&](const LeftOut& left_out) {
      const std::string copy = left_out.copy_to.native();
      lines.push_back(shortened(left_out.path.native() +
                                (copy.empty() ? " (" + left_out.kind() + ")" : " => " + copy)));
    });
  }
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
  std::string name = {};
  bool copy_others = false;
  std::vector<std::string> without = {};
  std::vector<std::string> only = {};
};

Lines plan_in(const ScratchFolder& scratch, const Wish& wish,
              LeftOutOnes left_out = LeftOutOnes::hidden) {
  PlanRequest request;
  for (const fs::path& input : wish.inputs) request.inputs.push_back(scratch / input);
  if (!wish.output.empty()) request.output = scratch.path().native() + '/' + wish.output.native();
  for (const fs::path& folder : wish.exclude) request.exclude.push_back(scratch / folder);
  request.in_place = wish.in_place;
  request.all_files = wish.all_files;
  request.follow_links = wish.follow_links;
  request.name = wish.name;
  request.copy_others = wish.copy_others;
  request.exclude_patterns = wish.without;
  request.include_patterns = wish.only;
  ImageSettings settings;
  settings.output_format = wish.format;
  request.settings = std::make_shared<const ImageSettings>(settings);
  return lines_of(scratch, plan(std::move(request)), left_out);
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

TEST(Plan, AnOutputFileAndAFormatThatStaysDoNotContradictEachOther) {
  const ScratchFolder scratch;
  scratch.write("a.jpg", "x");
  const auto planned = [&](const char* output, bool own_format) {
    PlanRequest request;
    request.inputs = {scratch / "a.jpg"};
    request.output = scratch / output;
    request.own_format = own_format;
    return lines_of(scratch, plan(std::move(request)), LeftOutOnes::hidden);
  };
  EXPECT_EQ(planned("x.webp", false), Lines{"a.jpg -> x.webp"});
  EXPECT_EQ(planned("x.webp", true),
            Lines{"usage: the output 'x.webp' is named after WebP, but the format is to stay that "
                  "of 'a.jpg'"});
  EXPECT_EQ(planned("x.jpeg", true), Lines{"a.jpg -> x.jpeg"});
  EXPECT_EQ(planned("x", true), Lines{"a.jpg -> x"});
}

TEST(Plan, KnowsWhichOutputsAreInputs) {
  const ScratchFolder scratch;
  for (const char* name : {"x/a.jpg", "y/a.jpg", "y/b.jpg", "y/sub/c.jpg", "z/a.jpg"}) {
    scratch.write(name, name);
  }
  fs::create_directory_symlink(scratch / "y", scratch / "link");
  const auto source = [&](const std::vector<const char*>& inputs, const char* output) {
    PlanRequest request;
    for (const char* input : inputs) request.inputs.push_back(scratch / input);
    request.output = scratch / output;
    auto made = plan(std::move(request));
    EXPECT_TRUE(made) << made.error().describe();
    return *std::move(made);
  };
  const auto files = source({"x/a.jpg", "y/a.jpg"}, "y");
  EXPECT_EQ(files->input_at(scratch / "y/a.jpg"), scratch / "y/a.jpg");
  EXPECT_EQ(files->input_at(scratch / "link/a.jpg"), scratch / "y/a.jpg");
  EXPECT_EQ(files->input_at(scratch / "y/b.jpg"), std::nullopt) << "is none of them";
  EXPECT_EQ(files->input_at(scratch / "y/new.jpg"), std::nullopt);
  // A named input inside the output folder is walked.
  const auto below = source({"y/sub", "x"}, "link");
  EXPECT_EQ(below->input_at(scratch / "y/sub/c.jpg"), scratch / "y/sub/c.jpg");
  EXPECT_EQ(below->input_at(scratch / "y/a.jpg"), std::nullopt);
  // Outputs elsewhere cannot meet an input.
  const auto apart = source({"x", "y"}, "z");
  EXPECT_EQ(apart->input_at(scratch / "z/a.jpg"), std::nullopt);
}

TEST(Plan, RefusesFoldersThatWouldNotDoWhatIsMeant) {
  const ScratchFolder scratch;
  for (const char* name : {"p/a.jpg", "p/kept/b.jpg"}) scratch.write(name, "x");
  EXPECT_EQ(plan_in(scratch, {.inputs = {"p"}, .in_place = true, .exclude = {"p/../p"}}),
            Lines{"usage: the folder of the backups 'p/../p' is an input itself"});
  EXPECT_EQ(plan_in(scratch, {.inputs = {"p"}, .in_place = true, .exclude = {"p/kept"}}),
            Lines{"p/a.jpg -> p/a.jpg"});
  EXPECT_EQ(plan_in(scratch, {{"p"}, "all.webp"}),
            Lines{"usage: 'all.webp' is named like one image, but results go into a folder"});
  EXPECT_EQ(plan_in(scratch, {{"p"}, "all.webp/"}).size(), 2U);
}

TEST(Plan, OneFileIsNeverItsOwnOutputByWhateverName) {
  const ScratchFolder scratch;
  scratch.write("a.jpg", "x");
  fs::create_symlink("a.jpg", scratch / "link.jpg");
  fs::create_hard_link(scratch / "a.jpg", scratch / "hard.jpg");
  const Lines refused = {"usage: 'a.jpg' would be written over itself"};
  for (const char* output : {"a.jpg", "./a.jpg", "link.jpg", "hard.jpg"}) {
    EXPECT_EQ(plan_in(scratch, {{"a.jpg"}, output}), refused) << output;
  }
  EXPECT_EQ(plan_in(scratch, {{"link.jpg"}, "a.jpg"}),
            Lines{"usage: 'link.jpg' would be written over itself"});
  EXPECT_EQ(plan_in(scratch, {{"gone.jpg"}, "gone.jpg"}),
            Lines{"usage: 'gone.jpg' would be written over itself"});
}

/// The format of the only task.
std::string format_planned(const ScratchFolder& scratch, const char* input, const char* output,
                           std::optional<Format> asked = {}) {
  PlanRequest request;
  request.inputs = {scratch / input};
  request.output = scratch / output;
  ImageSettings settings;
  settings.output_format = asked;
  request.settings = std::make_shared<const ImageSettings>(settings);
  const auto source = plan(std::move(request));
  if (!source) return source.error().message();
  const auto task = (*source)->next();
  if (!task || !*task) return "no task";
  const auto& format = (*task)->settings->output_format;
  return format ? std::string(info(*format).name) : "original";
}

TEST(Plan, TheNameOfAnOutputFileSaysItsFormat) {
  const ScratchFolder scratch;
  for (const char* name : {"a.jpg", "photo", "a.svg"}) scratch.write(name, "x");
  EXPECT_EQ(format_planned(scratch, "a.jpg", "b.webp"), "webp");
  EXPECT_EQ(format_planned(scratch, "a.jpg", "b.AVIF"), "avif");
  EXPECT_EQ(format_planned(scratch, "a.jpg", "b.JPEG"), "original");
  EXPECT_EQ(format_planned(scratch, "photo", "b.png"), "png");
  EXPECT_EQ(format_planned(scratch, "a.jpg", "b"), "original");
  EXPECT_EQ(format_planned(scratch, "a.jpg", "b.old"), "original");
  EXPECT_EQ(format_planned(scratch, "a.svg", "b.svg", Format::webp), "webp") << "no contradiction";
  EXPECT_EQ(format_planned(scratch, "a.jpg", "b.jpg", Format::jpeg), "jpeg");
  EXPECT_TRUE(format_planned(scratch, "a.jpg", "b.png", Format::webp)
                  .ends_with("is named after PNG, but its format is to be WebP"));
  EXPECT_TRUE(format_planned(scratch, "a.jpg", "b.heic")
                  .ends_with("would be a HEIC file, which imgmill does not write"));
  EXPECT_TRUE(format_planned(scratch, "a.jpg", "b.bmp")
                  .ends_with("would be a BMP file, which imgmill does not write"));
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
  EXPECT_EQ(plan_in(scratch, {{"p/a.jpg", "q/a.jpg", "r/A.JPG"}, "out"}),
            (Lines{"p/a.jpg -> out/a.jpg",
                   "q/a.jpg !! 'p/a.jpg' and 'q/a.jpg' would both be written to 'out/a.jpg'",
                   "r/A.JPG !! 'p/a.jpg' and 'r/A.JPG' would both be written to 'out/A.JPG'"}));
  EXPECT_EQ(plan_in(scratch, {{"p", "p"}, "out"}).back(), "p/a.jpg !! 'p/a.jpg' is named twice");
}

TEST(Plan, SeveralFoldersKeepTheirNames) {
  const ScratchFolder scratch;
  for (const char* name : {"p/a.jpg", "q/s/a.jpg", "x/photos/a.jpg", "y/photos/b.jpg", "c.jpg"}) {
    scratch.write(name, "x");
  }
  EXPECT_EQ(plan_in(scratch, {{"p", "q/", "c.jpg"}, "out"}),
            (Lines{"p/a.jpg -> out/p/a.jpg", "q/s/a.jpg -> out/q/s/a.jpg", "c.jpg -> out/c.jpg"}));
  EXPECT_EQ(plan_in(scratch, {{"p", "x/photos", "y/photos"}, "out"}),
            (Lines{"p/a.jpg -> out/p/a.jpg", "x/photos/a.jpg -> out/x/photos/a.jpg",
                   "y/photos/b.jpg -> out/y/photos/b.jpg"}));
  EXPECT_EQ(plan_in(scratch, {{"q/s/..", "p/../p/."}, "out"}),
            (Lines{"q/s/a.jpg -> out/q/s/a.jpg", "p/a.jpg -> out/p/a.jpg"}));
}

TEST(Plan, NamesResultsByAPattern) {
  const ScratchFolder scratch;
  for (const char* name : {"p/logo.jpg", "p/s/logo.PNG", "p/d.svg"}) scratch.write(name, "x");
  const auto named = [&](const std::string& pattern, std::optional<Format> format = {}) {
    return plan_in(scratch, {.inputs = {"p"}, .output = "out", .format = format, .name = pattern});
  };
  EXPECT_EQ(named("{name}-small"),
            (Lines{"p/d.svg -> out/d-small.svg", "p/logo.jpg -> out/logo-small.jpg",
                   "p/s/logo.PNG -> out/s/logo-small.PNG"}));
  const Lines both = {"p/d.svg -> out/d.svg.svg", "p/logo.jpg -> out/logo.jpg.webp",
                      "p/s/logo.PNG -> out/s/logo.png.webp"};
  EXPECT_EQ(named("{name}.{from}", Format::webp), both);
  EXPECT_EQ(named("{name}.{from}.{ext}", Format::webp), both);
  for (const char* wrong : {"small", "{name", "{name}{size}", "a/{name}", "{name}}"}) {
    EXPECT_TRUE(named(wrong).front().starts_with("usage: the name")) << wrong;
  }
  EXPECT_TRUE(plan_in(scratch, {.inputs = {"p"}, .output = "p", .name = "{name}-small"})
                  .front()
                  .starts_with("usage: the output folder"));
}

TEST(Plan, TellsOfAllThatIsLeftOut) {
  const ScratchFolder scratch;
  for (const char* name :
       {"p/a.jpg", "p/note.TXT", "p/raw.NEF", "p/x", "p/.htaccess", "p/.git/b.jpg", "p/.c.jpg",
        "p/.imgmill-1-2.part", "p/web/d.jpg", "p/web/icon-e.png", "p/old/f.jpg", "real/g.jpg"}) {
    scratch.write(name, "x");
  }
  fs::create_directory_symlink(scratch / "real", scratch / "p/link");
  fs::create_symlink("nowhere", scratch / "p/nothing");
  Wish wish{.inputs = {"p"}, .output = "out", .without = {"old/", "icon-*"}};
  EXPECT_EQ(plan_in(scratch, wish, LeftOutOnes::shown),
            (Lines{"p/.c.jpg (hidden file)", "p/.git (hidden folder)", "p/.htaccess (hidden file)",
                   "p/a.jpg -> out/a.jpg", "p/link (linked folder)", "p/note.TXT (txt)",
                   "p/nothing (no regular file)", "p/old (excluded folder)",
                   "p/raw.NEF (camera raw)", "p/web/d.jpg -> out/web/d.jpg",
                   "p/web/icon-e.png (excluded file)", "p/x (extensionless file)"}));
  wish.copy_others = true;
  EXPECT_EQ(plan_in(scratch, wish, LeftOutOnes::shown),
            (Lines{"p/.c.jpg => out/.c.jpg", "p/.git/b.jpg => out/.git/b.jpg",
                   "p/.htaccess => out/.htaccess", "p/a.jpg -> out/a.jpg", "p/link (linked folder)",
                   "p/note.TXT => out/note.TXT", "p/nothing (no regular file)",
                   "p/old/f.jpg => out/old/f.jpg", "p/raw.NEF => out/raw.NEF",
                   "p/web/d.jpg -> out/web/d.jpg", "p/web/icon-e.png => out/web/icon-e.png",
                   "p/x => out/x"}));
}

TEST(Plan, TakesOnlyWhatPatternsTake) {
  const ScratchFolder scratch;
  for (const char* name : {"p/a.jpg", "p/b.png", "p/s/c.JPG", "p/s/d.png"})
    scratch.write(name, "x");
  Wish wish{.inputs = {"p"}, .output = "out", .only = {"*.jpg", "s/*"}};
  EXPECT_EQ(plan_in(scratch, wish), (Lines{"p/a.jpg -> out/a.jpg", "p/s/c.JPG -> out/s/c.JPG",
                                           "p/s/d.png -> out/s/d.png"}));
  wish.without = {"d.*"};
  wish.inputs = {"p/a.jpg", "p/b.png", "p/s/d.png"};
  EXPECT_EQ(
      plan_in(scratch, wish, LeftOutOnes::shown),
      (Lines{"p/a.jpg -> out/a.jpg", "p/b.png (excluded file)", "p/s/d.png (excluded file)"}));
  // Paths are relative to the root of the walk, or as written on the command line.
  wish = {.inputs = {"p"}, .output = "out", .without = {"s/"}};
  EXPECT_EQ(plan_in(scratch, wish).size(), 2U);
  wish.without = {(scratch / "p/s").native()};
  EXPECT_EQ(plan_in(scratch, wish).size(), 2U);
  wish.without = {"p/s"};
  EXPECT_EQ(plan_in(scratch, wish).size(), 4U) << "the folder was not written like that";
  wish.without = {"[a"};
  EXPECT_TRUE(plan_in(scratch, wish).front().starts_with("usage: the pattern '[a'"));
}

TEST(Plan, ACopyAndAnImageDoNotMeet) {
  const ScratchFolder scratch;
  for (const char* name : {"p/a.jpg", "p/a.webp"}) scratch.write(name, "x");
  const Wish wish{.inputs = {"p"},
                  .output = "out",
                  .format = Format::webp,
                  .copy_others = true,
                  .without = {"*.webp"}};
  EXPECT_EQ(plan_in(scratch, wish, LeftOutOnes::shown),
            (Lines{"p/a.jpg -> out/a.webp",
                   "p/a.webp !! 'p/a.jpg' and 'p/a.webp' would both be written to 'out/a.webp'"}));
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
  fs::create_symlink("b.jpg", scratch / "p/a.jpg");  // sorts before its target
  fs::create_symlink("a.jpg", scratch / "p/z.jpg");  // a link to a link
  fs::create_symlink("../p/deep/c.jpg", scratch / "p/c.jpg");
  fs::create_symlink("../other/d.jpg", scratch / "p/d1.jpg");  // its target is not an input
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
  // With an output folder, each name gets its own file.
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

TEST(TasksFrom, AnOriginalIsReplacedOnlyWhereThatIsAllowed) {
  const ScratchFolder scratch;
  scratch.write("a.jpg", "x");
  fs::create_symlink("a.jpg", scratch / "link.jpg");
  for (const char* output : {"a.jpg", "./a.jpg", "link.jpg"}) {
    const std::vector<ImageTask> tasks = {{scratch / "a.jpg", scratch / output, nullptr}};
    const auto refused = *tasks_from(tasks, Originals::refuse)->next();
    ASSERT_FALSE(refused) << output;
    EXPECT_TRUE(refused.error().error.advice().contains("--in-place"));
    const auto replaced = *tasks_from(tasks, Originals::replace)->next();
    ASSERT_TRUE(replaced) << output;
    EXPECT_EQ(replaced->output_path.native(), replaced->input_path.native());
  }
}

TEST(TasksFrom, NamesSayFormats) {
  const auto defaults = std::make_shared<const ImageSettings>();
  auto asked = std::make_shared<ImageSettings>();
  asked->output_format = Format::webp;
  const auto source = tasks_from({{"a.jpg", "a.webp", defaults},
                                  {"b.jpg", "b.webp", defaults},
                                  {"c.jpg", "c.jpg", defaults},
                                  {"d.jpg", "d.png", asked}});
  const auto first = *source->next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->settings->output_format, Format::webp);
  EXPECT_EQ((*source->next())->settings, first->settings) << "shared, as before";
  EXPECT_EQ((*source->next())->settings, defaults);
  const auto contradiction = *source->next();
  ASSERT_FALSE(contradiction);
  EXPECT_EQ(contradiction.error().error.code(), ErrorCode::usage);
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
