// Cropping: areas, aspect ratios, boxes that are covered or padded, trimmed borders, positions.
#include <gtest/gtest.h>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/resample.h"

namespace imgmill {
namespace {

using namespace test;

Raster part_of(const Raster& whole, int left, int top, int width, int height) {
  Raster part(width, height, whole.channels, whole.bits);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < whole.channels; ++c) part.at(x, y, c) = whole.at(left + x, top + y, c);
    }
  }
  return part;
}

ImageSettings exact(Crop crop, Resize resize = {}) {
  ImageSettings settings{.compression = Compression::lossless, .crop = crop, .resize = resize};
  settings.output_format = Format::png;
  return settings;
}

Raster made(const Bytes& file, const ImageSettings& settings) {
  const auto result = optimize(file, settings);
  if (!result) {
    ADD_FAILURE() << result.error().describe();
    return {};
  }
  const Raster picture = rgba(decode(result->bytes.view(), result->format).picture());
  EXPECT_EQ(static_cast<int>(result->width), picture.width);
  EXPECT_EQ(static_cast<int>(result->height), picture.height);
  return picture;
}

Resize box(std::uint32_t width, std::uint32_t height, Fit fit) {
  return {.mode = ResizeMode::fit, .width = width, .height = height, .fit = fit};
}

TEST(Crop, AnAreaIsCutFromTheUprightPicture) {
  const Raster stored = photo(53, 38);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Bytes file = make_png(stored, {.exif = exif_block(orientation)});
    const Raster whole = rgba(turned(stored, orientation));
    const Raster picture =
        made(file, exact({.area = CropArea{.left = 5, .top = 9, .width = 21, .height = 17}}));
    EXPECT_EQ(picture, part_of(whole, 5, 9, 21, 17)) << orientation;
  }
}

TEST(Crop, PercentagesAreOfThePicture) {
  const Raster whole = photo(200, 100);
  const CropArea area{25, 10, 50, 80, CropArea::Unit::percent};
  EXPECT_EQ(made(make_png(whole), exact({.area = area})), rgba(part_of(whole, 50, 10, 100, 80)));
}

TEST(Crop, AShapeIsCutAroundThePosition) {
  const Raster whole = photo(200, 100);
  const Bytes file = make_png(whole);
  const auto square = [&](double x, double y) {
    return made(file, exact({.aspect = AspectRatio{1, 1}, .position = {.x = x, .y = y}}));
  };
  EXPECT_EQ(square(50, 50), rgba(part_of(whole, 50, 0, 100, 100)));
  EXPECT_EQ(square(0, 50), rgba(part_of(whole, 0, 0, 100, 100)));
  EXPECT_EQ(square(100, 0), rgba(part_of(whole, 100, 0, 100, 100)));
  EXPECT_EQ(square(60, 50), rgba(part_of(whole, 70, 0, 100, 100)));
}

// Cover fills the whole box, or its aspect ratio if the picture is smaller.
TEST(Crop, CoverFillsTheBox) {
  const Bytes file = make_png(photo(200, 100));
  const Raster covered = made(file, exact({}, box(60, 60, Fit::cover)));
  EXPECT_EQ(covered.width, 60);
  EXPECT_EQ(covered.height, 60);
  const Raster smaller = made(file, exact({}, box(400, 400, Fit::cover)));
  EXPECT_EQ(smaller.width, 100);
  EXPECT_EQ(smaller.height, 100);
  Resize enlarging = box(400, 400, Fit::cover);
  enlarging.enlarge = Enlarge::allow;
  EXPECT_EQ(made(file, exact({}, enlarging)).width, 400);
}

TEST(Crop, CoveringIsResizingThePart) {
  const Raster whole = photo(240, 120);
  const Raster covered = made(make_png(whole), exact({}, box(60, 60, Fit::cover)));
  const Raster part =
      made(make_png(part_of(whole, 60, 0, 120, 120)), exact({}, box(60, 60, Fit::inside)));
  EXPECT_EQ(covered, part);
}

TEST(Crop, PaddingIsInTheBackground) {
  ImageSettings settings = exact({}, box(100, 100, Fit::pad));
  settings.background = {10, 20, 30};
  const Raster picture = made(make_png(photo(200, 100)), settings);
  ASSERT_EQ(picture.width, 100);
  ASSERT_EQ(picture.height, 100);
  const Raster inside = made(make_png(photo(200, 100)), exact({}, box(100, 100, Fit::inside)));
  EXPECT_EQ(part_of(picture, 0, 25, 100, 50), inside);
  for (const int y : {0, 24, 75, 99}) {
    EXPECT_EQ(picture.at(50, y, 0), 10);
    EXPECT_EQ(picture.at(50, y, 1), 20);
    EXPECT_EQ(picture.at(50, y, 2), 30);
    EXPECT_EQ(picture.at(50, y, 3), 255);
  }
}

TEST(Crop, GreyIsPaddedInColour) {
  ImageSettings settings = exact({}, box(60, 60, Fit::pad));
  settings.background = {200, 0, 0};
  const Raster picture = made(make_png(photo(120, 60, 1)), settings);
  ASSERT_EQ(picture.height, 60);
  EXPECT_EQ(picture.at(30, 2, 0), 200);
  EXPECT_EQ(picture.at(30, 2, 1), 0);
  EXPECT_EQ(picture.at(30, 30, 0), picture.at(30, 30, 1));
}

TEST(Crop, BordersAreTrimmed) {
  Raster framed(120, 90, 3);
  std::ranges::fill(framed.samples, 240);
  const Raster inner = graphic(60, 40);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 60; ++x) {
      for (int c = 0; c < 3; ++c) framed.at(25 + x, 30 + y, c) = inner.at(x, y, c) / 2;
    }
  }
  framed.at(3, 3, 0) = 236;  // within the threshold
  const Raster picture = made(make_png(framed), exact({.trim = 10}));
  EXPECT_EQ(picture, rgba(part_of(framed, 25, 30, 60, 40)));
  // A picture that is nothing but border stays as it is.
  Raster flat(30, 20, 3);
  EXPECT_EQ(made(make_png(flat), exact({.trim = 10})).width, 30);
}

TEST(Crop, ClearBordersAreTrimmed) {
  Raster framed(50, 50, 4);
  for (int y = 10; y < 30; ++y) {
    for (int x = 20; x < 45; ++x) {
      framed.at(x, y, 0) = 200;
      framed.at(x, y, 3) = 255;
    }
  }
  const Raster picture = made(make_png(framed), exact({.trim = 0}));
  EXPECT_EQ(picture, part_of(framed, 20, 10, 25, 20));
}

// A detailed patch in a flat picture, in each quarter in turn.
TEST(Crop, SmartPositionsFindTheLivelyPart) {
  for (const bool right : {false, true}) {
    Raster picture(400, 100, 3);
    std::ranges::fill(picture.samples, 128);
    const Raster patch = photo(60, 60, 3, 8, 5);
    const int left = right ? 320 : 20;
    for (int y = 0; y < 60; ++y) {
      for (int x = 0; x < 60; ++x) {
        for (int c = 0; c < 3; ++c) picture.at(left + x, 20 + y, c) = patch.at(x, y, c);
      }
    }
    for (const auto by : {Position::By::attention, Position::By::entropy}) {
      const Raster found =
          made(make_png(picture), exact({.position = {.by = by}}, box(100, 100, Fit::cover)));
      ASSERT_EQ(found.width, 100);
      int lively = 0;
      for (int y = 0; y < 100; ++y) {
        for (int x = 0; x < 100; ++x) lively += found.at(x, y, 0) != 128 ? 1 : 0;
      }
      EXPECT_GT(lively, 60 * 60 * 8 / 10) << right << static_cast<int>(by);
    }
  }
}

// A face marked at the left of the picture as it is stored stays, however the picture is turned.
TEST(Crop, MarkedRegionsStay) {
  constexpr std::string_view packet =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
      "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
      "xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/' "
      "xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#'><mwg-rs:Regions "
      "rdf:parseType='Resource'><mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType='Resource'>"
      "<mwg-rs:Area stArea:x='0.125' stArea:y='0.5' stArea:w='0.1' stArea:h='0.5'/>"
      "</rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions></rdf:Description></rdf:RDF>"
      "</x:xmpmeta>";
  const ByteView xmp = as_bytes(packet);
  const Raster stored = photo(160, 40);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    PngMake how{.exif = exif_block(orientation)};
    how.xmp.assign(xmp.begin(), xmp.end());
    const Raster picture =
        made(make_png(stored, how),
             exact({.aspect = AspectRatio{1, 1}, .position = {.by = Position::By::regions}}));
    EXPECT_EQ(picture, rgba(turned(part_of(stored, 0, 0, 40, 40), orientation))) << orientation;
  }
}

// Without marks, the liveliest part.
TEST(Crop, WithoutMarkedRegionsAttentionDecides) {
  const Bytes file = make_png(photo(200, 60));
  const auto cut = [&](Position::By by) {
    return made(file, exact({.aspect = AspectRatio{1, 1}, .position = {.by = by}}));
  };
  EXPECT_EQ(cut(Position::By::regions), cut(Position::By::attention));
}

TEST(Crop, AnimationsAreCutFrameByFrame) {
  const Movie moving = movie(64, 48, 4);
  ImageSettings settings{.compression = Compression::lossless,
                         .crop = {.area = CropArea{8, 4, 40, 32}}};
  settings.output_format = Format::webp;
  const auto result = optimize(make_webp(moving), settings);
  ASSERT_TRUE(result) << result.error().describe();
  const Movie cut = decode(result->bytes.view(), Format::webp).movie;
  ASSERT_EQ(cut.frames.size(), moving.frames.size());
  EXPECT_EQ(cut.delays, moving.delays);
  for (std::size_t i = 0; i < cut.frames.size(); ++i) {
    EXPECT_EQ(cut.frames[i], part_of(rgba(moving.frames[i]), 8, 4, 40, 32)) << i;
  }
}

// Every format, lossy, so that no path bypasses the crop.
TEST(Crop, EveryFormatIsCut) {
  for (const FormatInfo& row : written_formats()) {
    ImageSettings settings{.crop = {.aspect = AspectRatio{1, 1}}};
    settings.target = Target{.spare_lossless = true};
    const auto result = optimize(make(row.format, graphic(90, 60)), settings);
    ASSERT_TRUE(result) << row.name << result.error().describe();
    EXPECT_EQ(result->format, row.format);
    EXPECT_EQ(result->width, 60U) << row.name;
    EXPECT_EQ(result->height, 60U) << row.name;
  }
}

// A picture cropped and enlarged to its old size has changed.
TEST(Crop, AnAreaEnlargedToTheOldSizeIsStillCut) {
  const Raster whole = photo(100, 50);
  Resize resize{.mode = ResizeMode::width, .width = 100, .enlarge = Enlarge::allow};
  const Raster picture = made(make_png(whole), exact({.area = CropArea{0, 0, 50, 25}}, resize));
  ASSERT_EQ(picture.width, 100);
  EXPECT_NE(picture, rgba(whole));
}

TEST(Crop, OnePixelIsAPicture) {
  const Raster whole = photo(9, 7);
  EXPECT_EQ(made(make_png(whole), exact({.area = CropArea{8, 6, 1, 1}})),
            rgba(part_of(whole, 8, 6, 1, 1)));
  EXPECT_EQ(made(make_png(photo(1, 1)), exact({.aspect = AspectRatio{16, 9}})).width, 1);
}

TEST(Crop, WhatDoesNotLieWithinIsRefused) {
  const auto result = optimize(make_png(photo(90, 60)), exact({.area = CropArea{50, 0, 50, 50}}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::unsupported);
  EXPECT_NE(result.error().message().find("90 x 60"), std::string::npos);
}

TEST(Crop, NonsenseIsAnErrorOfUsage) {
  const std::vector<Crop> wrong = {{.trim = 255},
                                   {.trim = 5, .area = CropArea{0, 0, 5, 5}},
                                   {.area = CropArea{-1, 0, 5, 5}},
                                   {.area = CropArea{0, 0, 0, 5}},
                                   {.area = CropArea{60, 0, 50, 5, CropArea::Unit::percent}},
                                   {.aspect = AspectRatio{0, 1}},
                                   {.position = {.x = 101}}};
  for (const Crop& crop : wrong) {
    const auto valid = validate(ImageSettings{.crop = crop});
    ASSERT_FALSE(valid);
    EXPECT_EQ(valid.error().code(), ErrorCode::usage);
  }
  EXPECT_FALSE(validate(
      ImageSettings{.resize = {.mode = ResizeMode::width, .width = 9, .fit = Fit::cover}}));
}

}  // namespace
}  // namespace imgmill
