#include "codecs/qoi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

#include "imgmill/optimize.h"
#include "support/decode.h"
#include "support/profiles.h"

namespace imgmill {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::HasSubstr;

Bytes of(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

Bytes operator+(Bytes one, const Bytes& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

Bytes header(int width, int height, int channels, int space = 0) {
  return of({'q', 'o', 'i', 'f', 0, 0, width >> 8, width & 255, 0, 0, height >> 8, height & 255,
             channels, space});
}

Bytes end() { return of({0, 0, 0, 0, 0, 0, 0, 1}); }

Raster raster(int width, int height, int channels, std::initializer_list<std::uint16_t> samples) {
  Raster made(width, height, channels);
  made.samples = samples;
  return made;
}

Result<Raster> decoded(ByteView file) {
  IMGMILL_TRY(const ImageInfo info, QoiCodec::probe(file));
  IMGMILL_TRY(const Picture picture, QoiCodec::decode(file, info, {}));
  Raster made(picture.image.width(), picture.image.height(), picture.image.bands());
  const auto* samples = static_cast<const std::uint8_t*>(picture.image.data());
  std::copy_n(samples, made.samples.size(), made.samples.begin());
  return made;
}

Result<Buffer> encoded(const Raster& made) {
  const std::vector<std::uint8_t> samples(made.samples.begin(), made.samples.end());
  return QoiCodec::encode(
      {.image = vips::VImage::new_from_memory_copy(samples.data(), samples.size(), made.width,
                                                   made.height, made.channels, VIPS_FORMAT_UCHAR)},
      {});
}

// Chunks of every kind, with values at both ends of their ranges and sums that wrap around.
TEST(Qoi, EveryChunkIsReadAndWritten) {
  struct Case {
    std::string_view what;
    Bytes file;
    Raster shows;
  };
  const std::vector<Case> cases = {
      {"rgb and runs", header(4, 1, 3) + of({0xC0, 0xFE, 10, 200, 30, 0xC1}) + end(),
       raster(4, 1, 3, {0, 0, 0, 10, 200, 30, 10, 200, 30, 10, 200, 30})},
      {"rgba", header(2, 1, 4) + of({0xFF, 1, 2, 3, 4, 0xFE, 90, 91, 92}) + end(),
       raster(2, 1, 4, {1, 2, 3, 4, 90, 91, 92, 4})},
      // 0 - 2, 0 + 1 and 0 - 1, then back again.
      {"diff",
       header(3, 1, 3) + of({0x40 | 0 << 4 | 3 << 2 | 1, 0x40 | 3 << 4 | 0 << 2 | 3}) +
           of({0x40 | 3 << 4 | 3 << 2 | 3}) + end(),
       raster(3, 1, 3, {254, 1, 255, 255, 255, 0, 0, 0, 1})},
      // Green -32 with red -8 and blue +7 beside it, then +31 with +7 and -8.
      {"luma", header(2, 1, 3) + of({0x80 | 0, 0x0F, 0x80 | 63, 0xF0}) + end(),
       raster(2, 1, 3, {216, 224, 231, 254, 255, 254})},
      // (3 * 10 + 5 * 200 + 7 * 30 + 11 * 255) % 64 = 13; zeros are at 0 from the beginning.
      {"index", header(4, 1, 4) + of({0xFE, 10, 200, 30, 0x00, 13, 0xFF, 0, 0, 0, 9}) + end(),
       raster(4, 1, 4, {10, 200, 30, 255, 0, 0, 0, 0, 10, 200, 30, 255, 0, 0, 0, 9})},
  };
  for (const Case& one : cases) {
    const Result<Raster> shown = decoded(one.file);
    ASSERT_TRUE(shown) << one.what << ": " << shown.error().describe();
    EXPECT_EQ(*shown, one.shows) << one.what;
    EXPECT_EQ(decode(one.file, Format::qoi).picture(), one.shows) << one.what;
    const Result<Buffer> again = encoded(one.shows);
    ASSERT_TRUE(again);
    EXPECT_TRUE(std::ranges::equal(again->view(), one.file)) << one.what;
  }
}

TEST(Qoi, PicturesComeBackAsTheyWere) {
  std::vector<Raster> pictures = {
      photo(1, 1),         photo(67, 41),       photo(67, 41, 4),         graphic(100, 90),
      graphic(100, 90, 4), photo(300, 1),       photo(1, 300, 4),         Raster(62, 1, 3),
      Raster(63, 1, 3),    Raster(125, 130, 4), graphic(64, 65, 3, 8, 90)};
  for (const Raster& picture : pictures) {
    const Result<Buffer> file = encoded(picture);
    ASSERT_TRUE(file);
    EXPECT_EQ(decode(file->view(), Format::qoi).picture(), picture);
    EXPECT_LE(file->size(), make_qoi(picture).size());
    const Result<Raster> again = decoded(file->view());
    ASSERT_TRUE(again) << again.error().describe();
    EXPECT_EQ(*again, picture);
  }
}

TEST(Qoi, GreyIsWrittenAsColours) {
  for (const int channels : {1, 2}) {
    const Raster grey = photo(30, 20, channels);
    const Result<Buffer> file = encoded(grey);
    ASSERT_TRUE(file);
    EXPECT_EQ(rgba(decode(file->view(), Format::qoi).picture()), rgba(grey));
  }
}

// As in the reference decoder, which tells only those for whom the header promises it of alpha.
TEST(Qoi, AlphaWithoutAChannelForItMeansNothing) {
  const Bytes file = header(2, 1, 3) + of({0xFF, 10, 20, 30, 0, 0x6A}) + end();
  const Result<Raster> shown = decoded(file);
  ASSERT_TRUE(shown) << shown.error().describe();
  EXPECT_EQ(*shown, raster(2, 1, 3, {10, 20, 30, 10, 20, 30}));
}

TEST(Qoi, CutOrLengthenedItIsDamaged) {
  const Result<Buffer> made = encoded(graphic(40, 30, 4));
  ASSERT_TRUE(made);
  const Bytes whole(made->view().begin(), made->view().end());
  ASSERT_TRUE(decoded(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Result<Raster> part = decoded(ByteView(whole).first(size));
    ASSERT_FALSE(part) << size;
    EXPECT_EQ(part.error().code(), ErrorCode::bad_input);
  }
  Bytes no_end = whole;
  no_end.back() = std::byte{0};
  for (const Bytes& broken :
       {whole + of({0}), whole + end(), no_end,
        header(3, 1, 3) + of({0xFE, 1, 2, 3, 0xC2}) + end(),  // a run beyond the picture
        header(3, 1, 3) + of({0xC2, 0xC2}) + end(),           // pixels after the last one
        header(3, 1, 3) + of({0xC1, 0xFE, 1}), header(3, 1, 3)}) {
    const auto result = optimize(broken);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::bad_input) << result.error().describe();
    EXPECT_FALSE(result.error().advice().empty());
  }
}

TEST(Qoi, HeadersWithUndefinedValuesAreRefused) {
  const Bytes rest = of({0xC0}) + end();
  ASSERT_TRUE(QoiCodec::probe(header(1, 1, 3) + rest));
  for (const Bytes& head : {header(0, 1, 3), header(1, 0, 3), header(1, 1, 2), header(1, 1, 5),
                            header(1, 1, 0), header(1, 1, 3, 2), header(1, 1, 3, 255)}) {
    const auto info = QoiCodec::probe(head + rest);
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code(), ErrorCode::bad_input);
  }
}

// Limits come first; within them, memory only for what the data can hold.
TEST(Qoi, SizesWithoutDataTakeNoMemory) {
  const auto head = [](int byte) {
    return of({'q', 'o', 'i', 'f', byte, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0xFD}) + end();
  };
  const auto refused = optimize(head(0x7F));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit);
  const Limits none{.max_pixels = 1ULL << 40, .max_decoded_bytes = 1ULL << 42};
  for (const int byte : {0x00, 0x03, 0x7F, 0xFF}) {
    const auto result = optimize(head(byte), {.output_format = Format::png}, none);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().code(), ErrorCode::internal) << result.error().describe();
  }
}

TEST(Qoi, LinearLightIsNotTakenForSrgb) {
  const Raster picture = graphic(60, 40);
  const Bytes linear = make_qoi(picture, true);
  const Bytes light = rgb_profile_of({.gamma = 1});
  for (const Format to : {Format::png, Format::webp, Format::jpegxl}) {
    const auto made = optimize(linear, {.compression = Compression::lossless, .output_format = to});
    ASSERT_TRUE(made) << made.error().describe();
    const Decoded shown = decode(made->bytes.view(), to);
    EXPECT_FALSE(shown.icc.empty());
    EXPECT_LT(mean_delta_e(picture, light, shown.picture(), shown.icc), 0.1);
  }
  // QOI has no place for a profile, but a file may stay as it is.
  const auto kept = optimize(linear);
  ASSERT_TRUE(kept) << kept.error().describe();
  EXPECT_EQ(kept->decision, Decision::kept);
  EXPECT_TRUE(std::ranges::equal(kept->bytes.view(), ByteView(linear)));
  const auto converted = optimize(linear, {.colour = ColourPolicy::to_srgb});
  ASSERT_TRUE(converted) << converted.error().describe();
  EXPECT_THAT(converted->notes, Contains(HasSubstr("to sRGB")));
  EXPECT_EQ(converted->bytes.view()[13], std::byte{0});
  EXPECT_LT(
      mean_delta_e(picture, light, decode(converted->bytes.view(), Format::qoi).picture(), {}),
      1.0);
  // Resized, it has the colours of a PNG with that profile.
  const ImageSettings smaller{.resize = {.mode = ResizeMode::percent, .percent = 50},
                              .output_format = Format::qoi};
  const auto png = optimize(linear, {.output_format = Format::png});
  ASSERT_TRUE(png);
  const auto of_qoi = optimize(linear, smaller);
  const auto of_png = optimize(png->bytes.view(), smaller);
  ASSERT_TRUE(of_qoi && of_png);
  EXPECT_THAT(of_qoi->notes, Contains(HasSubstr("to sRGB")));
  EXPECT_TRUE(std::ranges::equal(of_qoi->bytes.view(), of_png->bytes.view()));
}

TEST(Qoi, WithAProfileIsConvertedToSrgb) {
  const Raster picture = photo(60, 40);
  const Bytes wide = wide_profile();
  const auto made =
      optimize(make_png(picture, {.icc = wide}), ImageSettings{.output_format = Format::qoi});
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_LT(mean_delta_e(picture, wide, decode(made->bytes.view(), Format::qoi).picture(), {}),
            1.5);
  EXPECT_THAT(made->notes, Contains(HasSubstr("to sRGB")));
}

TEST(Qoi, OfALossyQualityIsWrittenWithoutLoss) {
  const Raster picture = photo(60, 40, 4);
  ImageSettings settings{.output_format = Format::qoi};
  settings.quality.global = 30;
  for (const Bytes& file : {make_png(picture), make_qoi(picture)}) {
    const auto made = optimize(file, settings);
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_EQ(decode(made->bytes.view(), Format::qoi).picture(), picture);
    EXPECT_FALSE(made->judgement.quality);
  }
}

TEST(Qoi, IsNeverChosen) {
  ImageSettings settings{.choose_format = true};
  settings.allowed.insert(Format::qoi);
  for (const Bytes& file : {make_qoi(photo(60, 40)), make_qoi(graphic(60, 40, 4))}) {
    const auto made = optimize(file, settings);
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_NE(made->format, Format::qoi);
  }
}

}  // namespace
}  // namespace imgmill
