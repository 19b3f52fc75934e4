#include "schema/json_settings.h"

#include <gtest/gtest.h>

namespace imgmill {
namespace {

TEST(SettingsJson, KnowsAQualityForEveryFormatThatHasOne) {
  Json words = Json::object();
  Quality expected;
  int number = 40;
  for (const FormatInfo& row : formats()) {
    if (!row.writable) continue;
    if (!row.lossy) {
      const Json meaningless = {{"quality", {{std::string(row.name), 80}}}};
      EXPECT_FALSE(settings_at({meaningless, ""}, {})) << row.name;
      continue;
    }
    words[std::string(row.name)] = ++number;
    expected.own(row.format) = number;
  }
  const Json document = {{"quality", words}};
  const auto settings = settings_at({document, ""}, {});
  ASSERT_TRUE(settings) << settings.error().describe();
  EXPECT_EQ(settings->quality, expected);
  EXPECT_EQ(json_of(*settings)["quality"], words);

  const Json misspelt = {{"quality", {{"jpge", 80}}}};
  const auto refused = settings_at({misspelt, ""}, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().describe().find("jpeg"), std::string::npos);
}

TEST(SettingsJson, CleanAlphaIsSaidWhereItIsOnAndComesBack) {
  const ImageSettings usual;
  EXPECT_FALSE(json_of(usual).contains("cleanAlpha"));
  ImageSettings settings;
  settings.clean_alpha = true;
  const Json json = json_of(settings);
  const auto again = settings_at({json, ""}, {});
  ASSERT_TRUE(again) << again.error().describe();
  EXPECT_EQ(*again, settings);
  const Json wrong = {{"cleanAlpha", "yes"}};
  EXPECT_FALSE(settings_at({wrong, ""}, {}));
}

TEST(SettingsJson, HowToResizeIsSaidWhereItIsUnusualAndComesBack) {
  const Json usual = json_of(ImageSettings{});
  for (const char* field : {"filter", "light", "sharpen"}) {
    EXPECT_FALSE(usual["resize"].contains(field)) << field;
  }
  for (const ResizeFilter filter :
       {ResizeFilter::lanczos3, ResizeFilter::mitchell, ResizeFilter::catmull_rom,
        ResizeFilter::box, ResizeFilter::nearest}) {
    for (const ResizeLight light : {ResizeLight::coded, ResizeLight::linear}) {
      ImageSettings settings;
      settings.resize = {
          .mode = ResizeMode::width, .width = 400, .filter = filter, .light = light, .sharpen = 30};
      const Json json = json_of(settings);
      const auto again = settings_at({json, ""}, {});
      ASSERT_TRUE(again) << again.error().describe();
      EXPECT_EQ(*again, settings);
    }
  }
  for (const auto& [field, value] : {std::pair<const char*, Json>{"filter", "bilinear"},
                                     {"light", "gamma"},
                                     {"sharpen", 101},
                                     {"sharpen", -1},
                                     {"sharpen", "off"}}) {
    const Json wrong = {{"resize", {{"mode", "width"}, {"width", 400}, {field, value}}}};
    const auto refused = settings_at({wrong, ""}, {});
    ASSERT_FALSE(refused) << field << value;
    EXPECT_NE(refused.error().describe().find(field), std::string::npos);
  }
}

}  // namespace
}  // namespace imgmill
