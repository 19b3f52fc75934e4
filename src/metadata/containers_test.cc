// Tests of what is specific to each container.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "metadata/deflate.h"
#include "metadata/exif.h"
#include "metadata/isobmff.h"
#include "metadata/jpeg_segments.h"
#include "metadata/metadata.h"
#include "metadata/png_chunks.h"
#include "metadata/test_files.h"

namespace imgmill::metadata::test {
namespace {

std::string rewritten(const Buffer& file, Format format, const Keep& keep = {},
                      ByteView exif = {}) {
  const auto result = rewrite_metadata(file.view(), format, keep, exif);
  EXPECT_TRUE(result) << result.error().describe();
  return result ? text(result->bytes) : std::string();
}

ErrorCode refusal(ByteView file, Format format) {
  const auto result = rewrite_metadata(file, format, Keep{}, {});
  EXPECT_FALSE(result);
  return result ? ErrorCode::internal : result.error().code();
}

bool has(const std::string& bytes, std::string_view part) {
  return bytes.find(part) != std::string::npos;
}

TEST(Jpeg, KeepsScansAndColourSignalsAndNothingElse) {
  const std::string bytes = rewritten(jpeg_file(), Format::jpeg, Keep::none());
  EXPECT_TRUE(bytes.starts_with("\xFF\xD8\xFF\xE0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0\xFF\xEE"sv));
  EXPECT_TRUE(has(bytes, "Adobe"));
  const std::size_t first = bytes.find(jpeg_scan);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(bytes.find(jpeg_scan, first + 1), first + jpeg_scan.size());
  EXPECT_TRUE(bytes.ends_with("last\xFF\xD9"sv));
}

TEST(Jpeg, PutsExifBehindTheJfifHeader) {
  const Buffer exif = filter_exif({}, Keep{}, 6, false);
  const std::string bytes = rewritten(jpeg_file(), Format::jpeg, Keep{}, exif.view());
  EXPECT_EQ(bytes.substr(20, 10),
            "\xFF\xE1\x00\x22"
            "Exif\0\0"sv);
}

TEST(Jpeg, JoinsAProfileOnlyWhenAllOfItIsThere) {
  EXPECT_EQ(text(read_metadata(jpeg_file().view(), Format::jpeg).icc), profile);
  const Buffer third = jpeg_file({}, "ICC_PROFILE\0\3\3x"sv);
  EXPECT_TRUE(read_metadata(third.view(), Format::jpeg).icc.empty());
  EXPECT_TRUE(has(rewritten(third, Format::jpeg), "ICC_PROFILE"));
}

TEST(Jpeg, KeepsIptcWithoutPhotoshopsOtherResources) {
  Keep keep;
  keep.iptc = true;
  const std::string bytes = rewritten(jpeg_file(), Format::jpeg, keep);
  EXPECT_TRUE(has(bytes, "IPTC-SECRET"));
  EXPECT_FALSE(has(bytes, "8BIM\x03\xED"sv));
}

TEST(Jpeg, TellsGainMapsFromPreviews) {
  const std::string second = "\xFF\xD8\xFF\xE1 second picture";
  EXPECT_TRUE(has_gain_map_or_mpf(jpeg_file(second, "urn:iso:std:iso:ts:21496:-1\0"sv).view()));
  EXPECT_TRUE(
      has_gain_map_or_mpf(jpeg_file(second + "http://ns.adobe.com/hdr-gain-map/1.0/").view()));
  EXPECT_TRUE(has_gain_map_or_mpf(jpeg_file(second + "aux:hdrgainmap").view()));
  // Then nothing may move.
  const Buffer several = jpeg_file(second + "aux:hdrgainmap");
  EXPECT_EQ(rewritten(several, Format::jpeg).size(), several.size());
  // Signalled, but missing.
  EXPECT_FALSE(has_gain_map_or_mpf(jpeg_file({}, "urn:iso:std:iso:ts:21496:-1\0"sv).view()));
  EXPECT_FALSE(has_gain_map_or_mpf(jpeg_file().view()));
}

std::string multi_picture_index(unsigned char type) {
  std::string index(48, '\0');
  index[16 + 3] = '\x20';  // the primary image: baseline, type 0x030000
  index[1] = '\x03';
  index[16 + 1] = static_cast<char>(type);
  const ByteView bytes = as_bytes(index);
  const TiffField field{0xB002, 7, 32, {bytes.begin(), bytes.begin() + 32}};
  return "MPF\0"s + text(write_tiff(true, {field}));
}

TEST(Jpeg, DropsAnEmbeddedPreviewButNotAView) {
  const std::string second = "\xFF\xD8\xFF\xE1 second picture";
  const Buffer preview = jpeg_file(second, multi_picture_index(1));
  EXPECT_FALSE(has_gain_map_or_mpf(preview.view()));
  const auto result = rewrite_metadata(preview.view(), Format::jpeg, Keep::all(), {});
  ASSERT_TRUE(result);
  EXPECT_FALSE(contains(result->bytes.view(), "MPF"));
  EXPECT_FALSE(contains(result->bytes.view(), "second picture"));
  ASSERT_EQ(result->notes.size(), 1u);
  EXPECT_TRUE(has_gain_map_or_mpf(jpeg_file(second, multi_picture_index(2)).view()));
}

TEST(Jpeg, RefusesBlocksThatDoNotFitASegment) {
  const std::string large(65'530, 'x');
  const auto result = insert_metadata(jpeg_file().view(), Format::jpeg, {{}, as_bytes(large), {}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::limit);
  // IPTC may span several segments.
  const auto iptc = insert_metadata(jpeg_file().view(), Format::jpeg, {{}, {}, as_bytes(large)});
  ASSERT_TRUE(iptc);
  EXPECT_EQ(text(read_metadata(iptc->view(), Format::jpeg).iptc), large);
}

TEST(Insert, PutsBlocksIntoFilesWithoutAny) {
  for (const Format format : {Format::jpeg, Format::png, Format::webp}) {
    const auto bare = rewrite_metadata(file_of(format).view(), format, Keep::none(), {});
    ASSERT_TRUE(bare);
    const Buffer exif = camera_exif();
    const auto result = insert_metadata(
        bare->bytes.view(), format, {exif.view(), as_bytes(xmp_packet), as_bytes(iptc_records)});
    ASSERT_TRUE(result) << result.error().describe();
    const MetadataBlocks blocks = read_metadata(result->view(), format);
    EXPECT_EQ(text(blocks.exif), text(exif));
    EXPECT_EQ(text(blocks.xmp), xmp_packet);
    EXPECT_EQ(text(blocks.iptc), format == Format::webp ? ""sv : iptc_records);
    // Removing it again restores the original.
    EXPECT_EQ(rewritten(Buffer::copy_of(result->view()), format, Keep::none()), text(bare->bytes));
  }
}

TEST(Insert, IsNotForOtherContainers) {
  const auto result = insert_metadata(gif_file().view(), Format::gif, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::unsupported);
}

TEST(Png, KeepsWhatShowsThePicture) {
  const std::string bytes = rewritten(png_file(), Format::png);
  std::vector<std::string> types;
  EXPECT_TRUE(for_each_png_chunk(as_bytes(bytes), [&](const PngChunk& chunk) {
    EXPECT_TRUE(chunk.sound());
    types.emplace_back(chunk.type);
  }));
  EXPECT_EQ(types, (std::vector<std::string>{"IHDR", "gAMA", "iCCP", "pHYs", "tEXt", "acTL", "fcTL",
                                             "IDAT", "IDAT", "IEND"}));
  EXPECT_TRUE(has(bytes, "pixels, first"));
  EXPECT_TRUE(has(bytes, owner));  // the copyright text
}

TEST(Png, RefusesDamage) {
  std::string bytes = text(png_file());
  bytes[bytes.find("pixels, last")] = 'P';
  EXPECT_EQ(refusal(as_bytes(bytes), Format::png), ErrorCode::bad_input);
}

TEST(Png, ReadsExifOfOlderPrograms) {
  const Buffer exif = camera_exif();
  std::string digits;
  for (const std::byte each : exif.view()) {
    constexpr auto hexadecimal = "0123456789abcdef"sv;
    digits += hexadecimal[std::to_integer<unsigned>(each) >> 4];
    digits += hexadecimal[std::to_integer<unsigned>(each) & 15];
  }
  const std::string chunk = png_text_chunk(
      "Raw profile type APP1\0\nexif\n 123\n45786966"
      "0000"s +
      digits + "\n");
  const auto bare = rewrite_metadata(png_file().view(), Format::png, Keep::none(), {});
  ASSERT_TRUE(bare);
  std::string bytes = text(bare->bytes);
  bytes.insert(33, chunk);  // after IHDR
  EXPECT_EQ(text(read_metadata(as_bytes(bytes), Format::png).exif), text(exif));
  EXPECT_EQ(rewritten(Buffer::copy_of(as_bytes(bytes)), Format::png, Keep::none()),
            text(bare->bytes));
}

TEST(Deflate, IsBounded) {
  const std::string zeros(100'000, '\0');
  const Buffer stream = deflated(as_bytes(zeros));
  EXPECT_LT(stream.size(), 1000u);
  EXPECT_FALSE(inflate_bounded(stream.view(), zeros.size() - 1));
  const auto all = inflate_bounded(stream.view(), zeros.size());
  ASSERT_TRUE(all);
  EXPECT_EQ(text(*all), zeros);
  EXPECT_FALSE(inflate_bounded(stream.view().first(stream.size() - 5)));
  EXPECT_FALSE(inflate_bounded({}));
}

TEST(Deflate, BudgetBoundsTheSum) {
  const std::string zeros(100'000, '\0');
  const Buffer stream = deflated(as_bytes(zeros));
  InflateBudget budget(250'000);
  EXPECT_TRUE(budget.inflate(stream.view()));
  EXPECT_TRUE(budget.inflate(stream.view()));
  EXPECT_FALSE(budget.inflate(stream.view()));
  EXPECT_EQ(budget.left(), 0U) << "a failure is paid for too";
  EXPECT_FALSE(budget.inflate(deflated(as_bytes("x"sv)).view()));
}

TEST(Deflate, TellsTheStartOfALargeStream) {
  const std::string words = "what stands in front" + std::string(1 << 20, ' ');
  const Buffer stream = deflated(as_bytes(words));
  EXPECT_EQ(text(inflated_start(stream.view(), 20)), words.substr(0, 20));
  EXPECT_EQ(text(inflated_start(stream.view(), words.size() + 9)), words);
  EXPECT_EQ(inflated_start({}, 20).size(), 0U);
}

TEST(Png, ManyBombsCostNoMoreThanOneFileMay) {
  // 60 texts marked as EXIF, each 15 MiB of blanks, then a valid one. The reader's budget is used
  // up after the second.
  const std::string blanks(std::size_t{15} << 20, ' ');
  const Buffer bomb = deflated(as_bytes(blanks));
  std::string exif = "\nexif\n 123\n457869660000";
  const Buffer block = camera_exif();
  for (const std::byte each : block.view()) {
    exif += fmt::format("{:02x}", std::to_integer<unsigned>(each));
  }
  const auto chunk = [](std::string_view body) {
    return png_chunk_of("zTXt", "Raw profile type exif\0\0"s + std::string(body));
  };
  const auto bare = rewrite_metadata(png_file().view(), Format::png, Keep::none(), {});
  ASSERT_TRUE(bare);
  const auto with = [&](int bombs) {
    std::string bytes = text(bare->bytes);
    bytes.insert(33, chunk(as_text(deflated(as_bytes(exif)).view())));
    for (int i = 0; i < bombs; ++i) bytes.insert(33, chunk(as_text(bomb.view())));
    return read_metadata(as_bytes(bytes), Format::png);
  };
  EXPECT_EQ(text(with(2).exif), text(block));
  EXPECT_TRUE(with(60).exif.empty());
}

TEST(Webp, FallsBackToTheSimpleLayout) {
  const std::string bytes = rewritten(webp_file(), Format::webp, Keep::none());
  EXPECT_EQ(bytes, "RIFF\x1C\0\0\0WEBPVP8 \x10\0\0\0\x10\0\0\x9d\x01\x2a\x10\0\x08\0pixels"sv);
}

TEST(Webp, StatesSizeAndContentsInTheExtendedLayout) {
  const auto simple = rewrite_metadata(webp_file().view(), Format::webp, Keep::none(), {});
  ASSERT_TRUE(simple);
  const auto result =
      insert_metadata(simple->bytes.view(), Format::webp, {camera_exif().view(), {}, {}});
  ASSERT_TRUE(result);
  EXPECT_EQ(as_text(result->view()).substr(12, 18), "VP8X\x0A\0\0\0\x08\0\0\0\x0F\0\0\x07\0\0"sv);
}

TEST(Webp, TakesAlphaFromALosslessHeader) {
  // 3 x 2, with alpha.
  const Buffer file =
      Buffer::copy_of(as_bytes("RIFF\x12\0\0\0WEBPVP8L\x05\0\0\0\x2F\x02\x40\0\x10\0"sv));
  const auto result = insert_metadata(file.view(), Format::webp, {{}, as_bytes(xmp_packet), {}});
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(as_text(result->view()).substr(20, 10), "\x14\0\0\0\x02\0\0\x01\0\0"sv);
  EXPECT_EQ(rewritten(Buffer::copy_of(result->view()), Format::webp), text(file));
}

TEST(Webp, RefusesFilesCutShort) {
  const Buffer file = webp_file();
  EXPECT_EQ(refusal(file.view().first(100), Format::webp), ErrorCode::bad_input);
}

TEST(Gif, KeepsLoopDelayAndFrames) {
  const std::string bytes = rewritten(gif_file(), Format::gif, Keep::none());
  EXPECT_EQ(bytes,
            "GIF89a\2\0\2\0\x80\0\0\0\0\0\xFF\xFF\xFF!\xFF\x0BNETSCAPE2.0\3\1\7\0\0"
            "!\xF9\4\0\x0A\0\0\0,\0\0\0\0\2\0\2\0\0\2\3\x84\x51\0\0;"sv);
}

TEST(Gif, GetsTheLastByteThatIsMissing) {
  Buffer file = gif_file();
  file.shrink(file.size() - "trailing"sv.size());
  const std::string whole = rewritten(file, Format::gif);
  const Buffer cut = Buffer::copy_of(as_bytes(whole).first(whole.size() - 1));
  EXPECT_EQ(rewritten(cut, Format::gif), whole);
}

TEST(Tiff, MovesNothing) {
  for (const bool big_endian : {false, true}) {
    const Buffer file = tiff_file(big_endian);
    const std::string bytes = rewritten(file, Format::tiff);
    ASSERT_EQ(bytes.size(), file.size());
    const auto tiff = TiffView::open(as_bytes(bytes));
    ASSERT_TRUE(tiff);
    const auto ifd = tiff->ifd(tiff->first());
    ASSERT_TRUE(ifd);
    const TiffEntry* strip = ifd->find(tag::strip_offsets);
    ASSERT_NE(strip, nullptr);
    EXPECT_EQ(bytes.substr(tiff->number(*strip), 6), "pixels");
    EXPECT_EQ(ifd->find(tag::gps_ifd), nullptr);
    EXPECT_EQ(ifd->find(tag::exif_ifd), nullptr);
    EXPECT_EQ(ifd->next, 0u);
    EXPECT_TRUE(std::ranges::is_sorted(ifd->entries, {}, &TiffEntry::tag));
  }
}

TEST(Tiff, LeavesWhatItCannotFilter) {
  EXPECT_EQ(refusal(as_bytes("II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0"sv), Format::tiff),
            ErrorCode::unsupported);
  const Buffer raw = write_tiff(false, {number(false, tag::dng_version, 4, 1)});
  EXPECT_EQ(refusal(raw.view(), Format::tiff), ErrorCode::unsupported);
  // A directory that links to itself.
  Buffer loop = write_tiff(false, {number(false, 0x0100, 3, 4)});
  loop.writable()[loop.size() - 4] = std::byte{8};
  EXPECT_EQ(refusal(loop.view(), Format::tiff), ErrorCode::bad_input);
}

TEST(Avif, OverwritesInPlace) {
  for (const bool in_idat : {false, true}) {
    const Buffer file = avif_file(in_idat);
    const std::string bytes = rewritten(file, Format::avif, Keep::none());
    ASSERT_EQ(bytes.size(), file.size());
    EXPECT_EQ(bytes.find("pixels of the picture"),
              as_text(file.view()).find("pixels of the picture"));
    EXPECT_FALSE(has(bytes, gps_secret));
    EXPECT_FALSE(has(bytes, owner));
    EXPECT_FALSE(has(bytes, "XMP-SECRET"));
    EXPECT_TRUE(read_metadata(as_bytes(bytes), Format::avif).xmp.empty());
  }
}

TEST(Avif, KeepsTheOwnerWhereThereIsRoom) {
  const Buffer file = avif_file();
  const Buffer exif = filter_exif(camera_exif().view(), Keep{}, 1, false);
  const std::string bytes = rewritten(file, Format::avif, Keep{}, exif.view());
  EXPECT_EQ(read_exif(read_metadata(as_bytes(bytes), Format::avif).exif.view()).copyright, owner);
  const std::string large(5000, 'x');
  const Buffer too_large = write_tiff(false, {ascii(tag::copyright, large)});
  const auto result = rewrite_metadata(file.view(), Format::avif, Keep{}, too_large.view());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->notes.size(), 1u);
}

TEST(Avif, NeverOverwritesThePicture) {
  std::string bytes = text(avif_file());
  // The location of item 2 (EXIF) now refers to item 1's bytes.
  const std::size_t first = bytes.find("\0\1\0\0\0\0\0\1"sv, bytes.find("iloc") + 12);
  ASSERT_NE(first, std::string::npos);
  bytes.replace(first + 16 + 8, 4, bytes.substr(first + 8, 4));
  EXPECT_EQ(refusal(as_bytes(bytes), Format::avif), ErrorCode::unsupported);
}

TEST(Avif, TellsFacts) {
  const AvifFacts facts = avif_facts(avif_file().view());
  EXPECT_FALSE(facts.sequence);
  EXPECT_FALSE(facts.has_gain_map);
  EXPECT_EQ(facts.nclx, (Nclx{12, 16, 6, true}));
  std::string bytes = text(avif_file());
  bytes.replace(bytes.find("mif1avif") + 4, 4, "avis");
  bytes.replace(bytes.find("mime"), 4, "tmap");
  const AvifFacts others = avif_facts(as_bytes(bytes));
  EXPECT_TRUE(others.sequence);
  EXPECT_TRUE(others.has_gain_map);
  EXPECT_FALSE(avif_facts({}).nclx);
}

}  // namespace
}  // namespace imgmill::metadata::test
