#include "options/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "options/definition.h"

namespace imgmill::cli {
namespace {

using ::testing::HasSubstr;

template <typename T>
T parsed(const std::vector<std::string>& words) {
  CommandLine line;
  const auto request = line.parse(words);
  if (!request) {
    ADD_FAILURE() << request.error().error.describe();
    return {};
  }
  const T* options = std::get_if<T>(&*request);
  if (options == nullptr) {
    ADD_FAILURE() << "another command";
    return {};
  }
  return *options;
}

std::string refused(const std::vector<std::string>& words) {
  CommandLine line;
  const auto request = line.parse(words);
  if (request) return "accepted";
  EXPECT_EQ(request.error().error.code(), ErrorCode::usage);
  return request.error().error.describe();
}

TEST(CommandLine, ReadsEveryOptionOfOptimize) {
  const auto options = parsed<OptimizeOptions>({"optimize",
                                                "a.jpg",
                                                "-o",
                                                "out",
                                                "-q",
                                                "80",
                                                "--jpeg-quality=70",
                                                "--webp-quality",
                                                "60",
                                                "-f",
                                                "webp",
                                                "--resize-light",
                                                "linear",
                                                "--sharpen",
                                                "25",
                                                "--resize-filter",
                                                "mitchell",
                                                "--resize",
                                                "longest=2000",
                                                "--enlarge",
                                                "--keep",
                                                "icc,exif",
                                                "--effort",
                                                "max",
                                                "--to-srgb",
                                                "--background",
                                                "#102030",
                                                "--clean-alpha",
                                                "--first-frame",
                                                "-j",
                                                "3",
                                                "--pipeline=off",
                                                "--max-pixels",
                                                "100M",
                                                "--max-input",
                                                "20MB",
                                                "--dry-run",
                                                "--skip-existing",
                                                "--all-files",
                                                "--exclude",
                                                "*.gif",
                                                "--exclude=[a-c]*",
                                                "--include",
                                                "*.{jpg,png}",
                                                "--name",
                                                "{name}-{from}",
                                                "--copy-others",
                                                "--follow-links",
                                                "--fail-fast",
                                                "--report",
                                                "r.json",
                                                "--progress",
                                                "none",
                                                "-vv",
                                                "--log-format",
                                                "json",
                                                "b.jpg"});
  EXPECT_EQ(options.inputs, (std::vector<std::string>{"a.jpg", "b.jpg"}));
  EXPECT_EQ(options.output, "out");
  EXPECT_EQ(options.settings.quality.global, 80);
  EXPECT_EQ(options.settings.quality.jpeg, 70);
  EXPECT_EQ(options.settings.quality.webp, 60);
  EXPECT_EQ(options.settings.output_format, Format::webp);
  EXPECT_EQ(options.settings.resize.size, 2000U);
  EXPECT_EQ(options.settings.resize.enlarge, Enlarge::allow);
  EXPECT_EQ(options.settings.resize.filter, ResizeFilter::mitchell);
  EXPECT_EQ(options.settings.resize.light, ResizeLight::linear);
  EXPECT_EQ(options.settings.resize.sharpen, 25);
  EXPECT_TRUE(options.settings.keep.exif);
  EXPECT_FALSE(options.settings.keep.copyright);
  EXPECT_EQ(options.settings.effort, Effort::max);
  EXPECT_EQ(options.settings.colour, ColourPolicy::to_srgb);
  EXPECT_EQ(options.settings.background, (Colour{16, 32, 48}));
  EXPECT_TRUE(options.settings.clean_alpha);
  EXPECT_EQ(options.settings.animation, Animation::first_frame);
  EXPECT_EQ(options.run.batch.jobs, 3);
  EXPECT_EQ(options.run.batch.pipeline, Pipelining::off);
  EXPECT_EQ(options.run.batch.limits.max_pixels, 100'000'000U);
  EXPECT_EQ(options.run.batch.limits.max_input_bytes, 20'000'000U);
  EXPECT_EQ(options.run.batch.dry_run, DryRun::yes);
  EXPECT_EQ(options.run.batch.existing, ExistingOutput::skip);
  EXPECT_EQ(options.run.batch.on_failure, OnFailure::stop);
  EXPECT_TRUE(options.all_files);
  EXPECT_EQ(options.exclude, (std::vector<std::string>{"*.gif", "[a-c]*"}));
  EXPECT_EQ(options.include, std::vector<std::string>{"*.{jpg,png}"});
  EXPECT_EQ(options.name, "{name}-{from}");
  EXPECT_TRUE(options.copy_others);
  EXPECT_TRUE(options.follow_links);
  EXPECT_EQ(options.run.report, "r.json");
  EXPECT_EQ(options.run.output.progress, ProgressMode::none);
  EXPECT_EQ(options.run.output.verbose, 2);
  EXPECT_EQ(options.run.output.log_format, LogFormat::json);
}

TEST(CommandLine, SaysWhatBecomesOfAnimations) {
  const auto animation = [](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"optimize", "a.gif", "-o", "out"};
    words.insert(words.end(), more.begin(), more.end());
    return parsed<OptimizeOptions>(words).settings.animation;
  };
  EXPECT_EQ(animation({}), Animation::keep);
  EXPECT_EQ(parsed<OptimizeOptions>({"optimize", "a.gif", "-o", "b.jpg"}).settings.animation,
            Animation::refuse);
  EXPECT_EQ(parsed<OptimizeOptions>({"optimize", "a.gif", "-o", "b.jpg", "--first-frame"})
                .settings.animation,
            Animation::first_frame);
  EXPECT_EQ(animation({"--animation", "keep"}), Animation::keep);
  EXPECT_EQ(animation({"--animation=refuse"}), Animation::refuse);
  EXPECT_EQ(animation({"--animation", "first-frame"}), Animation::first_frame);
  EXPECT_EQ(animation({"--animation", "first-frame", "--first-frame"}), Animation::first_frame);
  EXPECT_THAT(refused({"optimize", "a.gif", "-o", "out", "--animation", "keep", "--first-frame"}),
              HasSubstr("contradict each other"));
  EXPECT_THAT(refused({"optimize", "a.gif", "-o", "out", "--animation", "still"}),
              HasSubstr("write refuse, keep or first-frame"));
}

TEST(CommandLine, TakesNamesAsTheyAre) {
  const std::vector<std::string> names = {"[a]", "[a,b].png", "{}", "batch",
                                          "man", "a b",       "%%", "++"};
  std::vector<std::string> words = {"optimize", "-o", "out"};
  words.insert(words.end(), names.begin(), names.end() - 1);
  EXPECT_EQ(parsed<OptimizeOptions>(words).inputs,
            std::vector<std::string>(names.begin(), names.end() - 1));
  EXPECT_EQ(parsed<OptimizeOptions>({"optimize", "-o", "out", "--", "-odd.jpg", "--too"}).inputs,
            (std::vector<std::string>{"-odd.jpg", "--too"}));
  EXPECT_EQ(parsed<OptimizeOptions>({"optimize", "-", "-o", "[x]"}).output, "[x]");
}

TEST(CommandLine, InPlaceReplacesItsInput) {
  const auto options = parsed<OptimizeOptions>({"optimize", "--in-place", "--backup", "b", "dir"});
  EXPECT_TRUE(options.in_place);
  EXPECT_EQ(options.run.batch.existing, ExistingOutput::overwrite);
  EXPECT_EQ(options.run.batch.backup_dir, "b");
}

TEST(CommandLine, NeverLosesPixelsAndQualityAtOnce) {
  EXPECT_EQ(
      parsed<OptimizeOptions>({"optimize", "a", "-o", "b", "--lossless"}).settings.compression,
      Compression::lossless);
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "--lossless", "-q", "50"}),
              HasSubstr("--lossless and a quality number contradict each other"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "--lossless", "--webp-quality", "50"}),
              HasSubstr("contradict"));
}

TEST(CommandLine, BatchReplacesOnlyWhenAsked) {
  EXPECT_FALSE(parsed<BatchFileOptions>({"batch", "t.json"}).in_place);
  const auto options =
      parsed<BatchFileOptions>({"batch", "t.json", "--in-place", "--backup", "kept"});
  EXPECT_TRUE(options.in_place);
  EXPECT_EQ(options.run.batch.backup_dir, "kept");
  EXPECT_THAT(refused({"batch", "t.json", "--backup", "kept"}), HasSubstr("--in-place"));
}

TEST(CommandLine, HelpIsACommandToo) {
  EXPECT_THAT(parsed<PrintText>({"help"}).text, HasSubstr("Commands:"));
  EXPECT_EQ(parsed<PrintText>({"help", "optimize"}).text,
            parsed<PrintText>({"optimize", "--help"}).text);
  EXPECT_THAT(refused({"help", "optimise"}), HasSubstr("did you mean imgmill help optimize?"));
}

TEST(CommandLine, TheLastOfTwoCounts) {
  EXPECT_EQ(parsed<OptimizeOptions>({"optimize", "a", "-o", "b", "-q", "10", "-q", "90"})
                .settings.quality.global,
            90);
}

TEST(CommandLine, SaysWhatIsWrongAndWhatToWrite) {
  EXPECT_THAT(refused({"optimize", "a.jpg"}), HasSubstr("-o FOLDER"));
  EXPECT_THAT(refused({"optimize", "-o", "out"}), HasSubstr("no INPUT"));
  EXPECT_THAT(refused({"optimize", "-", "a.jpg", "-o", "out"}), HasSubstr("standard input"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "-"}), HasSubstr("standard output"));
  EXPECT_THAT(refused({"optimize", "a", "--in-place", "-o", "b"}), HasSubstr("contradict"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "--backup", "c"}), HasSubstr("--in-place"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "--overwrite", "--skip-existing"}),
              HasSubstr("contradict"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "--quiet", "-v"}), HasSubstr("contradict"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "-q", "0"}),
              HasSubstr("--quality: '0' is not a whole number from 1 to 100"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "-q"}), HasSubstr("--quality needs a value"));
  EXPECT_THAT(refused({"optimize", "a", "-q", "--lossless"}),
              HasSubstr("--quality needs a value, but --lossless follows"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "--overwrite"}), HasSubstr("--output needs a value"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "--qualty", "80"}),
              HasSubstr("did you mean --quality?"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "--webp-qualty=8"}),
              HasSubstr("did you mean --webp-quality?"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "--skip"}),
              HasSubstr("did you mean --skip-existing?"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "--frobnicate"}),
              HasSubstr("no option --frobnicate"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "--effort", "huge"}),
              HasSubstr("fast, balanced or max"));
  EXPECT_THAT(refused({"optimize", "a", "-o", "b", "-f", "bmp"}), HasSubstr("webp"));
  EXPECT_THAT(refused({"optimise", "a"}), HasSubstr("did you mean imgmill optimize?"));
  EXPECT_THAT(refused({"photos"}), HasSubstr("optimize, batch, compare, serve, watch, set, config, "
                                             "inspect, placeholder, cache, restore, "
                                             "restore-jpeg and doctor"));
  EXPECT_THAT(refused({"photo.jpg"}), HasSubstr("imgmill optimize photo.jpg -o"));
  EXPECT_THAT(refused({"photos/summer", "-q", "80"}),
              HasSubstr("imgmill optimize photos/summer -o"));
  EXPECT_THAT(refused({"-q", "80", "photo.jpg"}), HasSubstr("imgmill optimize -q"));
  EXPECT_THAT(refused({"-v", "optimize", "a.jpg", "-o", "b"}), HasSubstr("imgmill optimize -v"));
  EXPECT_THAT(refused({"optimize", "a.jpg", "b.jpg"}),
              HasSubstr("imgmill optimize a.jpg -o b.jpg"));
  EXPECT_THAT(refused({"optimize", "-o", "out", "-x.jpg"}), HasSubstr("write ./-x.jpg"));
  EXPECT_THAT(refused({"batch"}), HasSubstr("tasks.json"));
  EXPECT_THAT(refused({"batch", "a", "b"}), HasSubstr("one argument too many"));
  EXPECT_THAT(refused({"inspect"}), HasSubstr("FILE"));
  EXPECT_THAT(refused({"doctor", "x"}), HasSubstr("too many"));
  EXPECT_THAT(refused({"completions", "tcsh"}), HasSubstr("bash, zsh or fish"));
}

TEST(CommandLine, NothingAskedShowsHelp) {
  CommandLine line;
  const auto request = line.parse({});
  ASSERT_TRUE(request);
  ASSERT_TRUE(std::holds_alternative<NothingAsked>(*request));
  EXPECT_THAT(std::get<NothingAsked>(*request).help, HasSubstr("optimize"));
}

TEST(Help, FitsInEightyColumnsAndNamesEverything) {
  const CommandLine line;
  std::vector<const CLI::App*> apps = {&line.definition()};
  for (const CLI::App* app : line.definition().get_subcommands({})) apps.push_back(app);
  for (const CLI::App* app : apps) {
    const std::string text = help_text(line.definition(), *app);
    std::istringstream lines(text);
    for (std::string row; std::getline(lines, row);) {
      EXPECT_LE(row.size(), 80U) << row;
    }
    for (const OptionFacts& option : facts_of(*app).options) {
      EXPECT_THAT(text, HasSubstr(option.positional() ? option.value : option.long_name));
      EXPECT_FALSE(option.help.empty()) << option.long_name;
    }
  }
}

TEST(Help, HasExamplesThatParse) {
  const CommandLine line;
  for (const CommandFacts& command : commands_of(line.definition())) {
    if (command.hidden) continue;
    EXPECT_GE(command.examples.size(), 4U) << command.name;
    for (const Example& example : command.examples) {
      // The words that reach the program: up to a redirection or a pipe.
      std::string text(example.command);
      text = text.substr(text.find("imgmill "));
      text = text.substr(0, text.find_first_of("<>|"));
      std::istringstream stream(text);
      std::vector<std::string> words;
      for (std::string word; stream >> word;) words.push_back(word);
      words.erase(words.begin());
      EXPECT_TRUE(CommandLine().parse(words)) << text;
    }
  }
}

TEST(ManPage, HasEveryOption) {
  const CommandLine line;
  const std::string page = man_page(line.definition());
  for (const CommandFacts& command : commands_of(line.definition())) {
    if (command.hidden) continue;
    for (const OptionFacts& option : command.options) {
      std::string name = option.long_name;
      for (std::size_t at = 0; (at = name.find('-', at)) != std::string::npos; at += 2) {
        name.insert(at, "\\");
      }
      EXPECT_THAT(page, HasSubstr(name));
    }
  }
}

TEST(Completions, OfferEveryOptionInEveryShell) {
  const CommandLine line;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completions(line.definition(), shell);
    for (const CommandFacts& command : commands_of(line.definition())) {
      if (command.hidden) continue;
      for (const OptionFacts& option : command.options) {
        if (option.positional()) continue;
        const std::string name =
            shell == std::string("fish") ? "-l " + option.long_name.substr(2) : option.long_name;
        EXPECT_THAT(script, HasSubstr(name)) << shell;
      }
    }
  }
}

TEST(Closest, FindsSlipsAndNothingElse) {
  const std::vector<std::string> names = {"--quality", "--quiet", "--resize"};
  EXPECT_EQ(closest("--qualty", names), "--quality");
  EXPECT_EQ(closest("--reszie", names), "--resize");
  EXPECT_EQ(closest("--output", names), "");
  EXPECT_EQ(closest("", names), "");
}

}  // namespace
}  // namespace imgmill::cli
