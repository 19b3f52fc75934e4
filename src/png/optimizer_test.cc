#include "png/optimizer.h"

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <time.h>

#include <functional>
#include <random>
#include <string_view>
#include <utility>

#include "metadata/bytes.h"
#include "metadata/png_chunks.h"
#include "png/png_file.h"
#include "support/decode.h"
#include "support/make.h"
#include "support/raster.h"

namespace imgmill::png {
namespace {

using test::Bytes;
using test::decode;
using test::make_png;
using test::PngMake;
using test::rgba;

struct Facts {
  int bits = 0;
  int colour = -1;
  bool interlaced = false;
  std::vector<std::string> chunks;
};

Facts facts_of(ByteView file) {
  Facts facts;
  EXPECT_TRUE(metadata::for_each_png_chunk(file, [&](const metadata::PngChunk& chunk) {
    EXPECT_TRUE(chunk.sound()) << chunk.type;
    facts.chunks.emplace_back(chunk.type);
    if (chunk.type == "IHDR") {
      facts.bits = metadata::u8(chunk.data, 8);
      facts.colour = metadata::u8(chunk.data, 9);
      facts.interlaced = metadata::u8(chunk.data, 12) != 0;
    }
  }));
  return facts;
}

std::string chunk_data(ByteView file, std::string_view type) {
  std::string data = "not there";
  metadata::for_each_png_chunk(file, [&](const metadata::PngChunk& chunk) {
    if (chunk.type == type) data = std::string(as_text(chunk.data));
  });
  return data;
}

// Returns `file` with one more chunk after its header.
Bytes with_chunk(const Bytes& file, std::string_view type, std::string_view data) {
  metadata::ByteWriter out;
  constexpr std::size_t header_end = 8 + 25;
  out.append(ByteView(file).first(header_end));
  out.u32be(data.size());
  const std::size_t begin = out.size();
  out.append(type);
  out.append(data);
  out.u32be(libdeflate_crc32(0, out.view().data() + begin, out.size() - begin));
  out.append(ByteView(file).subspan(header_end));
  const Buffer whole = out.take();
  return {whole.view().begin(), whole.view().end()};
}

// Optimizes, and checks with libpng that the pixels are the same, hidden colours included.
Buffer proved(const Bytes& file, const Options& options, const std::string& what) {
  Result<Buffer> out = optimize(file, options);
  EXPECT_TRUE(out) << what << ": " << out.error().describe();
  if (!out) return {};
  EXPECT_EQ(rgba(decode(out->view(), Format::png).picture(), 16),
            rgba(decode(file, Format::png).picture(), 16))
      << what;
  EXPECT_FALSE(facts_of(out->view()).interlaced);
  return *std::move(out);
}

TEST(PngOptimizer, KeepsEveryPixelOfEveryKindAndSize) {
  int made = 0;
  for (int side = 1; side <= 70; ++side) {
    int kind = 0;
    const int other = (side * 29) % 70 + 1;
    for (const int channels : {1, 2, 3, 4}) {
      for (const int bits : {1, 2, 4, 8, 16}) {
        if (bits < 8 && channels != 1) continue;
        // Each kind in every third size: all kinds are covered, and the test stays fast.
        if ((++kind + side) % 3 != 0) continue;
        const int turn = side + channels + bits;
        PngMake how;
        how.interlaced = turn % 3 == 0;
        how.clear_first = turn % 4 == 1 && channels % 2 == 1;
        const bool flat = turn % 2 == 0;
        const auto picture = flat ? test::graphic(side, other, channels, bits, 2 + turn % 5)
                                  : test::photo(side, other, channels, bits);
        const Effort effort = turn % 5 == 0   ? Effort::fast
                              : turn % 7 == 0 ? Effort::max
                                              : Effort::balanced;
        proved(make_png(picture, how), {.effort = effort},
               std::to_string(side) + "x" + std::to_string(other) + " " + std::to_string(channels) +
                   " channels " + std::to_string(bits) + " bits");
        ++made;
      }
    }
  }
  EXPECT_GT(made, 70 * 3);
}

TEST(PngOptimizer, KeepsEveryPixelOfPalettes) {
  for (const int bits : {1, 2, 4, 8}) {
    for (const int channels : {3, 4}) {
      for (const bool interlaced : {false, true}) {
        for (const int width : {1, 7, 33}) {
          PngMake how;
          how.palette = true;
          how.interlaced = interlaced;
          const auto picture = test::graphic(width, 19, channels, 8, (1 << bits) - 1);
          proved(make_png(picture, how), {}, std::to_string(bits) + " bits of palette");
        }
      }
    }
  }
}

TEST(PngOptimizer, LargePicturesAreJudgedBySamplesAndKeptAsAWhole) {
  const Bytes file = make_png(test::photo(700, 500));
  const Buffer out = proved(file, {}, "photo");
  EXPECT_LT(out.size(), file.size());
}

TEST(PngOptimizer, ReducesToWhatThePixelsNeed) {
  const auto colour_of = [](const test::Raster& picture, const Options& options = {}) {
    return facts_of(proved(make_png(picture), options, "reduction").view());
  };
  EXPECT_EQ(colour_of(rgba(test::photo(64, 64, 1), 8)).colour, 0) << "grey";
  EXPECT_EQ(colour_of(rgba(test::photo(64, 64, 3), 8)).colour, 2) << "opaque alpha";
  EXPECT_EQ(colour_of(rgba(test::photo(64, 64, 3), 16)).bits, 8) << "eight bits twice";
  EXPECT_EQ(colour_of(test::graphic(90, 90, 3, 8, 6)).colour, 3) << "few colours";
  EXPECT_LE(colour_of(test::graphic(90, 90, 3, 8, 6)).bits, 4);
  EXPECT_NE(colour_of(test::graphic(90, 90, 3, 8, 6), {.palette = false}).colour, 3);
}

TEST(PngOptimizer, IsTheSameEachTime) {
  const Bytes file = make_png(test::photo(120, 80, 4));
  for (const Effort effort : {Effort::fast, Effort::balanced, Effort::max}) {
    const auto one = optimize(file, {.effort = effort});
    const auto two = optimize(file, {.effort = effort});
    ASSERT_TRUE(one && two);
    EXPECT_TRUE(std::ranges::equal(one->view(), two->view()));
  }
}

TEST(PngOptimizer, ThreadsDoNotChangeAByte) {
  // More rows than one thread gets, and for noise more than one piece in compression.
  struct Kind {
    const char* name;
    test::Raster picture;
    bool palette = false;
  };
  std::vector<Kind> kinds;
  kinds.push_back({"photo", test::photo(340, 280)});
  kinds.push_back({"grey photo", test::photo(600, 440, 1)});
  kinds.push_back({"photo with alpha", test::photo(300, 240, 4)});
  kinds.push_back({"16 bits", test::photo(240, 190, 3, 16)});
  kinds.push_back({"drawing", test::graphic(360, 250, 3, 8, 40)});
  kinds.push_back({"palette", test::graphic(600, 450, 3, 8, 15), true});
  kinds.push_back({"noise", test::photo(640, 420)});
  std::mt19937 random(11);
  for (auto& sample : kinds.back().picture.samples) {
    sample = static_cast<std::uint16_t>((sample + random() % 24) & 0xFF);
  }
  for (const Kind& kind : kinds) {
    const Bytes file = make_png(kind.picture, {.palette = kind.palette});
    const bool hard = kind.name == std::string_view("photo");
    for (const Effort effort : {Effort::balanced, Effort::max}) {
      // Maximum effort runs the same code for each kind; two of them will do.
      if (effort == Effort::max && !hard && !kind.palette) continue;
      const auto one = optimize(file, {.effort = effort});
      ASSERT_TRUE(one);
      for (const int threads : {2, 3, 7}) {
        const auto many = optimize(file, {.effort = effort, .threads = threads});
        ASSERT_TRUE(many);
        EXPECT_TRUE(std::ranges::equal(one->view(), many->view()))
            << kind.name << ", " << threads << " threads";
      }
    }
  }
}

TEST(PngOptimizer, LargePicturesArePackedInPiecesByAnyNumberOfThreads) {
  const Bytes file = make_png(test::graphic(1500, 1000, 3, 8, 60), {.level = 1});
  Options how{.effort = Effort::fast, .palette = false};
  const Buffer one = proved(file, how, "a large drawing");
  how.threads = 3;
  const auto many = optimize(file, how);
  ASSERT_TRUE(many);
  EXPECT_TRUE(std::ranges::equal(one.view(), many->view()));
}

// Only reading, reductions and joining the pieces are limited to the caller's thread.
TEST(PngOptimizer, LittleOfALargePictureIsLeftToOneThread) {
  test::Raster noisy = test::photo(1700, 1400);
  std::mt19937 random(3);
  for (auto& sample : noisy.samples) {
    sample = static_cast<std::uint16_t>((sample + random() % 24) & 0xFF);
  }
  const auto cpu_time = [](clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  };
  for (const auto& [name, picture] :
       {std::pair{"photograph", test::photo(1700, 1400)}, std::pair{"noise", noisy}}) {
    const Bytes file = make_png(picture, {.level = 1});
    const double all_before = cpu_time(CLOCK_PROCESS_CPUTIME_ID);
    const double own_before = cpu_time(CLOCK_THREAD_CPUTIME_ID);
    const auto many = optimize(file, {.threads = 7});
    const double own = cpu_time(CLOCK_THREAD_CPUTIME_ID) - own_before;
    const double all = cpu_time(CLOCK_PROCESS_CPUTIME_ID) - all_before;
    ASSERT_TRUE(many);
    // Its share would be a third of the total if there are three pieces.
    EXPECT_LT(own, 0.5 * all) << name << ": " << own << " of " << all << " s";
    const auto one = optimize(file, {});
    ASSERT_TRUE(one);
    EXPECT_TRUE(std::ranges::equal(one->view(), many->view())) << name;
  }
}

TEST(PngOptimizer, MoreEffortIsNeverMoreBytes) {
  for (const auto& picture : {test::photo(200, 150), test::graphic(200, 150, 4)}) {
    const Bytes file = make_png(picture);
    const auto fast = optimize(file, {.effort = Effort::fast});
    const auto balanced = optimize(file, {});
    const auto most = optimize(file, {.effort = Effort::max});
    ASSERT_TRUE(fast && balanced && most);
    EXPECT_LE(balanced->size(), fast->size());
    EXPECT_LE(most->size(), balanced->size());
  }
}

TEST(PngOptimizer, CleansAlphaOnlyWhenAsked) {
  test::Raster picture = test::photo(60, 60, 4);
  for (int y = 0; y < 60; ++y) {
    for (int x = 0; x < 60; ++x) picture.at(x, y, 3) = x < 40 ? 0 : 200;
  }
  const Bytes file = make_png(picture);
  const Buffer kept = proved(file, {}, "hidden colours");
  const auto clean = optimize(file, {.clean_alpha = true});
  ASSERT_TRUE(clean);
  EXPECT_LT(clean->size(), kept.size() / 2);
  const test::Raster after = rgba(decode(clean->view(), Format::png).picture(), 8);
  for (int y = 0; y < 60; ++y) {
    for (int x = 0; x < 60; ++x) {
      ASSERT_EQ(after.at(x, y, 3), picture.at(x, y, 3));
      for (int c = 0; x >= 40 && c < 3; ++c) ASSERT_EQ(after.at(x, y, c), picture.at(x, y, c));
    }
  }
}

TEST(PngOptimizer, OtherChunksStayAndFollowTheirPixels) {
  Bytes file = make_png(rgba(test::photo(40, 40, 1), 8));  // grey as RGBA
  file = with_chunk(file, "tEXt", std::string_view("Title\0hello", 11));
  file = with_chunk(file, "bKGD", std::string_view("\0\x11\0\x11\0\x11", 6));
  file = with_chunk(file, "sBIT", "\5\6\5\x8");
  file = with_chunk(file, "prVA", "depends on the pixels");
  file = with_chunk(file, "prVa", "does not");
  const Buffer out = proved(file, {}, "chunks");
  EXPECT_EQ(facts_of(out.view()).colour, 0);
  EXPECT_EQ(chunk_data(out.view(), "tEXt"), std::string("Title\0hello", 11));
  EXPECT_EQ(chunk_data(out.view(), "bKGD"), std::string("\0\x11", 2));
  EXPECT_EQ(chunk_data(out.view(), "sBIT"), "\6");
  EXPECT_EQ(chunk_data(out.view(), "prVA"), "not there");
  EXPECT_EQ(chunk_data(out.view(), "prVa"), "does not");
}

TEST(PngOptimizer, ABackgroundIsFoundAgainInThePalette) {
  Bytes file = make_png(test::graphic(80, 80, 3, 8, 5));
  file = with_chunk(file, "bKGD", std::string_view("\0\x01\0\x02\0\x03", 6));
  const Buffer out = proved(file, {}, "background");
  ASSERT_EQ(facts_of(out.view()).colour, 3);
  const std::string palette = chunk_data(out.view(), "PLTE");
  const std::string index = chunk_data(out.view(), "bKGD");
  ASSERT_EQ(index.size(), 1U);
  EXPECT_EQ(palette.substr(3 * static_cast<unsigned char>(index[0]), 3), "\1\2\3");
}

TEST(PngOptimizer, AProfileForColoursKeepsGreyPixelsColoured) {
  PngMake how;
  how.icc = Bytes(200, std::byte{1});
  const Bytes icc_file = make_png(rgba(test::photo(30, 30, 1), 8));
  const Bytes file = with_chunk(icc_file, "iCCP", std::string_view("x\0\0", 3));
  const auto out = optimize(file, {});
  ASSERT_TRUE(out);
  EXPECT_NE(facts_of(out->view()).colour, 0);
  EXPECT_EQ(facts_of(optimize(icc_file, {})->view()).colour, 0);
}

TEST(PngOptimizer, LeavesAnimationsAndStrangersAlone) {
  const Bytes file = make_png(test::photo(8, 8));
  const auto animated =
      optimize(with_chunk(file, "acTL", std::string_view("\0\0\0\1\0\0\0\0", 8)), {});
  ASSERT_FALSE(animated);
  EXPECT_EQ(animated.error().code(), ErrorCode::unsupported);
  const auto strange = optimize(with_chunk(file, "ABCD", "?"), {});
  ASSERT_FALSE(strange);
  EXPECT_EQ(strange.error().code(), ErrorCode::unsupported);
}

TEST(PngReader, RefusesWhateverIsDamaged) {
  const Bytes file = make_png(test::graphic(20, 20, 3, 8, 4), {.palette = true});
  ASSERT_TRUE(read_file(file));
  for (std::size_t length = 0; length < file.size(); ++length) {
    ASSERT_FALSE(read_file(ByteView(file).first(length))) << length;
  }
  for (std::size_t at = 0; at < file.size(); ++at) {
    Bytes bent = file;
    bent[at] ^= std::byte{0x10};
    EXPECT_FALSE(read_file(bent)) << at;
  }
  EXPECT_FALSE(read_file(with_chunk(file, "PLTE", "abc"))) << "two palettes";
  EXPECT_FALSE(read_file(with_chunk(file, "tRNS", "a"))) << "transparency before the palette";
}

TEST(PngReader, AsksForNoMoreMemoryThanTheDataCanFill) {
  Bytes file = make_png(test::photo(4, 4));
  // The header of a picture of 30,000 x 30,000 pixels, with a correct checksum.
  for (const std::size_t at : {16, 20}) {
    file[at + 2] = std::byte{0x75};
    file[at + 3] = std::byte{0x30};
  }
  const std::uint32_t sum = libdeflate_crc32(0, file.data() + 12, 17);
  for (std::size_t i = 0; i < 4; ++i) file[29 + i] = std::byte(sum >> (24 - 8 * i) & 0xFF);
  const auto read = read_file(file);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::bad_input);
}

TEST(PngEncoder, WritesTheProfile) {
  Raster raster;
  raster.width = raster.height = 16;
  raster.rows.resize(raster.stride() * raster.height, 77);
  const Bytes profile(500, std::byte{3});
  const Buffer out = encode(raster, profile, {});
  EXPECT_NE(facts_of(out.view()).colour, 0) << "a profile for colours explains no grey";
  const std::string chunk = chunk_data(out.view(), "iCCP");
  ASSERT_TRUE(chunk.starts_with(std::string("icc\0\0", 5)));
}

}  // namespace
}  // namespace imgmill::png
