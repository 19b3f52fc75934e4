#include "batch/json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace imgmill {
namespace {

using nlohmann::json;

ImageSettings read(std::string_view text) {
  const auto settings = settings_from_json(text);
  EXPECT_TRUE(settings) << settings.error().describe();
  return settings.value_or(ImageSettings{});
}

std::string complaint(std::string_view text) {
  const auto settings = settings_from_json(text);
  return settings ? "accepted" : settings.error().describe();
}

std::string task_complaint(std::string_view text) {
  const auto tasks = tasks_from_json(text, {});
  if (tasks) return "accepted";
  EXPECT_EQ(tasks.error().code(), ErrorCode::usage);
  return tasks.error().describe();
}

TEST(SettingsJson, ReadsWhatTheDesktopProgramSends) {
  const ImageSettings settings = read(R"({
    "quality": {"global": 80, "jpeg": 85, "png": null, "webp": 75, "avif": 60},
    "resize": {"width": null, "height": null, "maintainAspect": true, "mode": "longest", "size": 1600},
    "outputFormat": "webp"})");
  EXPECT_EQ(settings.quality.global, 80);
  EXPECT_EQ(settings.quality.jpeg, 85);
  EXPECT_EQ(settings.quality.png, std::nullopt);
  EXPECT_EQ(settings.resize.mode, ResizeMode::longest);
  EXPECT_EQ(settings.resize.size, 1600);
  EXPECT_EQ(settings.output_format, Format::webp);
  EXPECT_EQ(read(R"({"outputFormat": "original"})"), ImageSettings{});
  EXPECT_EQ(read("{}"), ImageSettings{});
}

TEST(SettingsJson, ReadsImgmillsOwnFields) {
  const ImageSettings settings = read(R"({
    "quality": 70, "lossless": true, "effort": "max", "keep": ["icc", "xmp"], "toSrgb": true,
    "background": "#0a0B0c", "animation": "first-frame",
    "resize": {"mode": "percent", "percent": 12.5, "enlarge": true, "maintainAspect": false}})");
  EXPECT_EQ(settings.quality.global, 70);
  EXPECT_EQ(settings.compression, Compression::lossless);
  EXPECT_EQ(settings.effort, Effort::max);
  Keep keep = Keep::none();
  keep.icc = keep.xmp = true;
  EXPECT_EQ(settings.keep, keep);
  EXPECT_EQ(settings.colour, ColourPolicy::to_srgb);
  EXPECT_EQ(settings.background, (Colour{10, 11, 12}));
  EXPECT_EQ(settings.animation, Animation::first_frame);
  EXPECT_EQ(settings.resize.percent, 12.5);
  EXPECT_EQ(settings.resize.enlarge, Enlarge::allow);
  EXPECT_EQ(settings.resize.fit, Fit::inside);  // there is no box to fill
  EXPECT_EQ(read(R"({"resize": {"mode": "fit", "width": 5, "height": 5, "maintainAspect": false}})")
                .resize.fit,
            Fit::fill);
  EXPECT_EQ(read(R"({"keep": "all"})").keep, Keep::all());
  EXPECT_EQ(read(R"({"keep": []})").keep, Keep::none());
}

TEST(SettingsJson, ComeBackAsTheyWere) {
  std::vector<ImageSettings> all(9);
  all[1].quality.gif = 3;
  all[1].quality.global = 100;
  all[2].resize = {ResizeMode::fit, 640, 480, 0, 100, Enlarge::allow, Fit::fill};
  all[2].output_format = Format::avif;
  all[3].resize.mode = ResizeMode::percent;
  all[3].resize.percent = 33.25;
  all[3].keep = Keep::all();
  all[3].background = {0, 128, 255};
  all[4].compression = Compression::lossless;
  all[4].effort = Effort::fast;
  all[4].colour = ColourPolicy::to_srgb;
  all[4].animation = Animation::first_frame;
  all[5].animation = Animation::keep;
  all[6].crop = {.area = CropArea{1.5, 2, 30, 40, CropArea::Unit::percent},
                 .aspect = AspectRatio{16, 9},
                 .position = {.x = 30, .y = 70}};
  all[6].resize = {.mode = ResizeMode::fit, .width = 640, .height = 480, .fit = Fit::cover};
  all[7].crop = {.trim = 10, .position = {.by = Position::By::attention}};
  all[8].crop.area = CropArea{10, 20, 30, 40};
  for (const ImageSettings& settings : all) {
    EXPECT_EQ(read(settings_to_json(settings)), settings) << settings_to_json(settings);
  }
}

TEST(SettingsJson, SaysWhereAndWhatInstead) {
  EXPECT_EQ(complaint(R"({"qualty": 80})"),
            "settings.qualty is not a field imgmill knows; did you mean \"quality\"?");
  EXPECT_TRUE(complaint(R"({"zzzzzzz": 1})").contains("the fields here are: quality, resize"));
  EXPECT_EQ(complaint(R"({"quality": {"jpeg": 101}})"),
            "settings.quality.jpeg is 101; write a whole number from 1 to 100");
  EXPECT_EQ(complaint(R"({"quality": {"jpeg": 80.5}})"),
            "settings.quality.jpeg is 80.5; write a whole number from 1 to 100");
  EXPECT_TRUE(complaint(R"({"quality": 1e300})").contains("write a whole number"));
  EXPECT_TRUE(complaint(R"({"quality": "80"})").contains("must be an object, not string"));
  EXPECT_TRUE(complaint(R"({"outputFormat": "wepb"})").contains("did you mean \"webp\"?"));
  EXPECT_TRUE(complaint(R"({"resize": {"mode": "longset", "size": 5}})").contains("\"longest\""));
  EXPECT_TRUE(complaint(R"({"resize": {"width": 5}})").contains("has no \"mode\""));
  EXPECT_TRUE(complaint(R"({"resize": {"mode": "width", "width": -5}})").contains("from 0 to"));
  EXPECT_TRUE(complaint(R"({"keep": ["icc", "gps"]})").contains("settings.keep[1] is \"gps\""));
  EXPECT_TRUE(complaint(R"({"background": "white"})").contains("#rrggbb"));
  EXPECT_TRUE(complaint(R"({"background": "#12345g"})").contains("#rrggbb"));
  EXPECT_TRUE(complaint(R"({"lossless": 1})").contains("true or false"));
  EXPECT_TRUE(complaint("[]").contains("must be an object"));
  EXPECT_TRUE(complaint("{\n \"quality\": 80,\n}").contains("line 3, column 1"))
      << complaint("{\n \"quality\": 80,\n}");
}

TEST(TasksJson, ReadsArrayObjectOneTaskAndLines) {
  constexpr std::string_view a = R"({"input_path": "a.jpg", "output_path": "o/a.jpg"})";
  constexpr std::string_view b =
      R"({"input_path": "b.jpg", "output_path": "o/b.jpg", "settings": {"quality": 50}})";
  const std::string both = std::string(a) + ',' + std::string(b);
  for (const std::string& text :
       {'[' + both + ']', "{\"tasks\": [" + both + "]}", std::string(a) + '\n' + std::string(b),
        "\xEF\xBB\xBF" + std::string(a) + "\r\n\n" + std::string(b) + "\n"}) {
    ImageSettings defaults;
    defaults.effort = Effort::max;
    auto tasks = tasks_from_json(text, defaults);
    ASSERT_TRUE(tasks) << text << tasks.error().describe();
    const auto first = *(*tasks)->next();
    const auto second = *(*tasks)->next();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->input_path, "a.jpg");
    EXPECT_EQ(first->output_path, "o/a.jpg");
    EXPECT_EQ(second->settings->quality.global, 50);
    EXPECT_EQ(second->settings->effort, Effort::max) << "what is left out is the default";
    EXPECT_FALSE((*tasks)->next());
  }
  EXPECT_EQ(task_complaint(a), "accepted");
  EXPECT_EQ(task_complaint("[]"), "accepted");
}

TEST(TasksJson, WhoeverSaysHowGoodHasLeftTheDefaultTarget) {
  ImageSettings defaults;
  defaults.target = Target{.spare_lossless = true};
  const auto target = [&](std::string_view text) {
    const auto settings = settings_from_json(text, defaults);
    return settings ? settings->target : std::optional(Target{.score = -1});
  };
  EXPECT_EQ(target(R"({"effort": "max"})"), defaults.target);
  EXPECT_EQ(target(R"({"quality": 60})"), std::nullopt);
  EXPECT_EQ(target(R"({"lossless": true})"), std::nullopt);
  EXPECT_EQ(target(R"({"maxBytes": 1000})"), std::nullopt);
  EXPECT_EQ(target(R"({"maxBytes": 1000, "target": 70})"), Target{.score = 70});
}

TEST(TasksJson, SharesEqualSettings) {
  std::string text = "[";
  for (int i = 0; i < 3; ++i) {
    text += (i > 0 ? "," : "") + std::string(R"({"input_path": "a)") + std::to_string(i) +
            R"(", "output_path": "b)" + std::to_string(i) + R"(", "settings": {"quality": 50}})";
  }
  auto tasks = tasks_from_json(text + "]", {});
  ASSERT_TRUE(tasks);
  const auto first = *(*tasks)->next();
  const auto second = *(*tasks)->next();
  EXPECT_EQ(first->settings, second->settings);
}

TEST(TasksJson, SaysWhereTheMistakeIs) {
  EXPECT_EQ(task_complaint(R"([{"input_path": "a", "output_path": "b"},
                               {"input_path": "a", "output_pat": "c"}])"),
            "tasks[1].output_pat is not a field imgmill knows; did you mean \"output_path\"?");
  EXPECT_TRUE(
      task_complaint(R"([{"input_path": "a"}])").contains("tasks[0] has no \"output_path\""));
  EXPECT_TRUE(task_complaint(R"([{"input_path": 5, "output_path": "b"}])").contains("a string"));
  EXPECT_TRUE(task_complaint(R"([{"input_path": "", "output_path": "b"}])").contains("not a path"));
  EXPECT_TRUE(
      task_complaint(
          R"([{"input_path": "a", "output_path": "b", "settings": {"quality": {"jpeg": 0}}}])")
          .starts_with("tasks[0].settings.quality.jpeg is 0"));
  EXPECT_TRUE(task_complaint("").contains("is empty"));
  EXPECT_TRUE(task_complaint("[1]").contains("tasks[0] must be an object"));
  EXPECT_TRUE(task_complaint("5").contains("neither an array nor an object"));
  EXPECT_TRUE(task_complaint("{\"tasks\": 5}").contains("not an array"));
  EXPECT_TRUE(task_complaint("[{]").contains("line 1, column 3"));
  EXPECT_TRUE(
      task_complaint("{\"input_path\":\"a\",\"output_path\":\"b\"}\n{oops").contains("line 2"));
  EXPECT_TRUE(task_complaint(std::string(200'000, '[')).contains("not valid JSON"));
}

TEST(ResultJson, HasTheDesktopProgramsFieldsAndOurs) {
  OptimizationResult result;
  result.original_path = "in.jpg";
  result.optimized_path = "out.jpg";
  result.original_size = 200;
  result.optimized_size = 50;
  result.decision = Decision::reencoded;
  result.format = Format::webp;
  result.width = 3;
  const std::string line = result_to_json(result);
  EXPECT_EQ(line.find('\n'), line.npos);
  const json parsed = json::parse(line);
  EXPECT_EQ(parsed["original_path"], "in.jpg");
  EXPECT_EQ(parsed["optimized_path"], "out.jpg");
  EXPECT_EQ(parsed["original_size"], 200);
  EXPECT_EQ(parsed["optimized_size"], 50);
  EXPECT_EQ(parsed["success"], true);
  EXPECT_TRUE(parsed["error"].is_null());
  EXPECT_EQ(parsed["savedBytes"], 150);
  EXPECT_EQ(parsed["compressionRatio"], 75.0);
  EXPECT_EQ(parsed["decision"], "reencoded");
  EXPECT_EQ(parsed["format"], "webp");
  EXPECT_FALSE(parsed.contains("original_path_base64"));
}

TEST(ResultJson, TellsErrorsAndNamesThatAreNotUtf8) {
  OptimizationResult result;
  result.original_path = "\xFF\xFE.jpg";
  result.error = Error(ErrorCode::limit, "too \xFF large", "make it smaller");
  result.stage = Stage::read;
  const json parsed = json::parse(result_to_json(result));
  EXPECT_EQ(parsed["success"], false);
  EXPECT_EQ(parsed["error"], "too \xEF\xBF\xBD large; make it smaller");
  EXPECT_EQ(parsed["error_code"], "limit");
  EXPECT_EQ(parsed["stage"], "read");
  EXPECT_EQ(parsed["advice"], "make it smaller");
  EXPECT_EQ(parsed["original_path_base64"], "//4uanBn");
  EXPECT_EQ(parsed["original_path"], "\xEF\xBF\xBD\xEF\xBF\xBD.jpg");
}

TEST(SummaryJson, Counts) {
  BatchSummary summary;
  summary.tasks = 3;
  summary.bytes_before = 1000;
  summary.bytes_after = 1500;
  summary.by_format[Format::png] = {3, 1000, 1500};
  const json parsed = json::parse(summary_to_json(summary));
  EXPECT_EQ(parsed["tasks"], 3);
  EXPECT_EQ(parsed["savedBytes"], -500);
  EXPECT_EQ(parsed["by_format"]["png"]["images"], 3);
  EXPECT_EQ(parsed["scores"]["images"], 0);
  EXPECT_FALSE(parsed["scores"].contains("lowest")) << "nothing was measured";
}

TEST(SummaryJson, TellsTheLowestScoreInWhateverOrderResultsCome) {
  std::vector<OptimizationResult> results(6);
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].index = i;
    results[i].original_path = std::to_string(i) + ".jpg";
    results[i].decision = Decision::reencoded;
    results[i].judgement = {.score = 90, .target = 80, .quality = 70, .encodes = 2};
  }
  results[0].judgement = {.score = 100, .target = 80};
  results[2].judgement.score = 70.5;
  results[3].judgement.score = 70.5;
  results[4].judgement.score = 10;
  results[4].error = Error(ErrorCode::environment, "the disk is full");
  results[5].judgement = {.quality = 80};
  const auto summed = [&] {
    BatchSummary summary;
    for (const OptimizationResult& result : results) summary.scores.add(result);
    return json::parse(summary_to_json(summary))["scores"];
  };
  const json there = summed();
  EXPECT_EQ(there["images"], 3);
  EXPECT_EQ(there["lowest"], 70.5);
  EXPECT_EQ(there["lowest_path"], "2.jpg");
  EXPECT_EQ(there["lowest_index"], 2);
  EXPECT_DOUBLE_EQ(there["mean"], (90 + 70.5 + 70.5) / 3);
  EXPECT_EQ(there["below_target"], 2);
  EXPECT_EQ(there["unscored"], 1);
  EXPECT_EQ(there["encoded"], 3);
  EXPECT_EQ(there["encodes"], 6);
  EXPECT_EQ(there["encodes_per_image"], 2);
  std::ranges::reverse(results);
  EXPECT_EQ(summed(), there);
}

}  // namespace
}  // namespace imgmill
