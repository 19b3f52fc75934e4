#include "options/options.h"

#include <gtest/gtest.h>

namespace imgmill::cli {
namespace {

TEST(Size, ReadsUnitsDecimalAndBinary) {
  EXPECT_EQ(*parse_size("500"), 500U);
  EXPECT_EQ(*parse_size("500B"), 500U);
  EXPECT_EQ(*parse_size("20k"), 20'000U);
  EXPECT_EQ(*parse_size("1.5MB"), 1'500'000U);
  EXPECT_EQ(*parse_size("2MiB"), 2U << 20);
  EXPECT_EQ(*parse_size("1gib"), std::uint64_t{1} << 30);
}

TEST(Size, RefusesNonsenseAndSaysWhatToWrite) {
  for (const char* text : {"", "MB", "-5", "+5", "0", "5 MB", "1e3", "inf", "nan", "0x10", "5XB",
                           ".", "1.2.3", "9999999999GB"}) {
    const auto size = parse_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().code(), ErrorCode::usage);
    EXPECT_NE(size.error().advice().find("20MB"), std::string::npos);
  }
}

TEST(Pixels, ReadsMegapixels) {
  EXPECT_EQ(*parse_pixels("1000"), 1000U);
  EXPECT_EQ(*parse_pixels("100M"), 100'000'000U);
  EXPECT_EQ(*parse_pixels("2.5MP"), 2'500'000U);
  EXPECT_FALSE(parse_pixels("0"));
  EXPECT_FALSE(parse_pixels("100MiB"));
}

TEST(Quality, IsFrom1To100) {
  EXPECT_EQ(*parse_quality("1"), 1);
  EXPECT_EQ(*parse_quality("100"), 100);
  for (const char* text :
       {"0", "101", "-1", "80.5", "eighty", "", " 80", "80 ", "99999999999999999999"}) {
    EXPECT_FALSE(parse_quality(text)) << text;
  }
  EXPECT_NE(parse_quality("101").error().message().find("from 1 to 100"), std::string::npos);
}

TEST(Sharpening, IsOffOrAPercentage) {
  EXPECT_EQ(parse_sharpening("off"), 0);
  EXPECT_EQ(parse_sharpening("1"), 1);
  EXPECT_EQ(parse_sharpening("100"), 100);
  for (const char* text : {"0", "101", "-5", "on", "30%", ""}) {
    EXPECT_FALSE(parse_sharpening(text)) << text;
  }
}

TEST(CropSpec, ReadsPixelsAndPercentages) {
  EXPECT_EQ(*parse_crop_area("800x600+10+20"), (CropArea{10, 20, 800, 600}));
  EXPECT_EQ(*parse_crop_area("80x60"), (CropArea{0, 0, 80, 60}));
  EXPECT_EQ(*parse_crop_area("80%x60.5%+10%+20%"),
            (CropArea{10, 20, 80, 60.5, CropArea::Unit::percent}));
  for (const char* text : {"", "800", "800x", "x600", "0x5", "5x5+1", "5x5+1+2+3", "50%x50",
                           "5x5+10%+10%", "5x-5", "5x5+-1+0", "axb"}) {
    EXPECT_FALSE(parse_crop_area(text)) << text;
  }
}

TEST(CropSpec, ReadsShapesAndPositions) {
  EXPECT_EQ(*parse_aspect("16:9"), (AspectRatio{16, 9}));
  EXPECT_EQ(*parse_aspect("2.35:1"), (AspectRatio{2.35, 1}));
  for (const char* text : {"", "16", "16:", ":9", "0:1", "16:9:1", "16%:9", "-1:1"}) {
    EXPECT_FALSE(parse_aspect(text)) << text;
  }
  EXPECT_EQ(*parse_position("North"), (Position{.x = 50, .y = 0}));
  EXPECT_EQ(*parse_position("southwest"), (Position{.x = 0, .y = 100}));
  EXPECT_EQ(parse_position("attention")->by, Position::By::attention);
  EXPECT_EQ(parse_position("regions")->by, Position::By::regions);
  EXPECT_EQ(*parse_position("30%,70.5%"), (Position{.x = 30, .y = 70.5}));
  for (const char* text : {"", "up", "30,70", "30%", "101%,5%", "-1%,5%"}) {
    EXPECT_FALSE(parse_position(text)) << text;
  }
}

TEST(ResizeSpec, ReadsEveryMode) {
  EXPECT_EQ(parse_resize("width=800")->mode, ResizeMode::width);
  EXPECT_EQ(parse_resize("width=800")->width, 800U);
  EXPECT_EQ(parse_resize("height=600")->height, 600U);
  EXPECT_EQ(parse_resize("longest=2000")->mode, ResizeMode::longest);
  EXPECT_EQ(parse_resize("longest=2000")->size, 2000U);
  EXPECT_EQ(parse_resize("shortest=65535")->size, 65535U);
  const auto fit = parse_resize("fit=800x600");
  EXPECT_EQ(fit->mode, ResizeMode::fit);
  EXPECT_EQ(fit->width, 800U);
  EXPECT_EQ(fit->height, 600U);
  EXPECT_EQ(parse_resize("50%")->mode, ResizeMode::percent);
  EXPECT_DOUBLE_EQ(parse_resize("12.5%")->percent, 12.5);
}

TEST(ResizeSpec, RefusesWhatIsNone) {
  for (const char* text :
       {"", "800", "width", "width=", "width=0", "width=65536", "width=-5", "fit=800", "fit=0x5",
        "fit=5x", "0%", "10001%", "%", "-5%", "widht=5", "width=5px"}) {
    const auto resize = parse_resize(text);
    ASSERT_FALSE(resize) << text;
    EXPECT_NE(resize.error().advice().find("fit=800x600"), std::string::npos) << text;
  }
}

TEST(KeepList, NamesExactlyWhatStays) {
  EXPECT_EQ(*parse_keep("all"), Keep::all());
  EXPECT_EQ(*parse_keep("none"), Keep::none());
  Keep wanted = Keep::none();
  wanted.icc = true;
  wanted.xmp = true;
  EXPECT_EQ(*parse_keep("icc,xmp"), wanted);
  EXPECT_EQ(*parse_keep("ICC,XMP"), wanted);
  for (const char* text : {"", "icc,", ",icc", "gps", "icc;xmp", "all,icc"}) {
    EXPECT_FALSE(parse_keep(text)) << text;
  }
}

TEST(KeepList, HasANameForEveryField) {
  std::string list;
  for (const std::string_view name : keep_names()) {
    if (!list.empty()) list += ',';
    list += name;
  }
  EXPECT_EQ(*parse_keep(list), Keep::all());
}

TEST(ColourText, ReadsHexadecimal) {
  EXPECT_EQ(*parse_colour("#ff8000"), (Colour{255, 128, 0}));
  EXPECT_EQ(*parse_colour("FF8000"), (Colour{255, 128, 0}));
  EXPECT_EQ(*parse_colour("#f80"), (Colour{255, 136, 0}));
  for (const char* text :
       {"", "#", "#ff80", "#gggggg", "white", "#ff80000", "##ffffff", "-fffff"}) {
    EXPECT_FALSE(parse_colour(text)) << text;
  }
}

TEST(FormatName, KnowsOriginalAndEveryRowOfTheTable) {
  EXPECT_EQ(parse_format("original")->format, std::nullopt);
  EXPECT_FALSE(parse_format("original")->automatic);
  EXPECT_TRUE(parse_format("auto")->automatic);
  for (const FormatInfo& format : formats()) {
    if (!format.writable) {
      EXPECT_FALSE(parse_format(format.name)) << "read, not written";
      continue;
    }
    EXPECT_EQ(parse_format(format.name)->format, format.format);
    for (const std::string_view extension : format.extensions) {
      EXPECT_EQ(parse_format(extension)->format, format.format) << extension;
    }
  }
  const auto unknown = parse_format("bmp");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().advice().find("webp"), std::string::npos);
}

TEST(Listed, JoinsAsPeopleDo) {
  EXPECT_EQ(listed({}, "or"), "");
  EXPECT_EQ(listed({"a"}, "or"), "a");
  EXPECT_EQ(listed({"a", "b"}, "or"), "a or b");
  EXPECT_EQ(listed({"a", "b", "c"}, "and"), "a, b and c");
}

}  // namespace
}  // namespace imgmill::cli
