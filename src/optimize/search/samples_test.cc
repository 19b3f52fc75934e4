// TIFFs with any number and kind of samples: converted, or rejected as an unsupported kind; never
// reported as an internal error or as damage.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tiffio.h>

#include <stdexcept>

#include "imgmill/optimize.h"
#include "support/make.h"
#include "support/memory_tiff.h"

namespace imgmill {
namespace {

using namespace test;

struct Samples {
  int channels = 3;
  int photometric = PHOTOMETRIC_RGB;
  int bits = 8;
  int format = SAMPLEFORMAT_UINT;
};

Bytes make_tiff_of(const Samples& samples) {
  constexpr std::uint32_t side = 24;
  MemoryTiff file;
  TIFF* tiff = file.open("w");
  if (tiff == nullptr) throw std::runtime_error("TIFFClientOpen");
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, side);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, side);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, samples.channels);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, samples.bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, samples.format);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, samples.photometric);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, side);
  const auto row =
      static_cast<std::size_t>(static_cast<int>(side) * samples.channels * samples.bits / 8);
  for (std::uint32_t y = 0; y < side; ++y) {
    std::vector<std::uint8_t> bytes(row);
    // Small values in every byte order and as floats.
    for (std::size_t i = 0; i < row; ++i) bytes[i] = static_cast<std::uint8_t>((i * 7 + y) % 60);
    if (TIFFWriteScanline(tiff, bytes.data(), y, 0) != 1) throw std::runtime_error("row");
  }
  TIFFClose(tiff);
  return std::move(file.bytes);
}

TEST(EveryKindOfSample, InATiffIsConvertedOrRefusedAsAKind) {
  int made_some = 0;
  for (const int photometric :
       {PHOTOMETRIC_MINISWHITE, PHOTOMETRIC_MINISBLACK, PHOTOMETRIC_RGB, PHOTOMETRIC_SEPARATED,
        PHOTOMETRIC_YCBCR, PHOTOMETRIC_CIELAB, PHOTOMETRIC_ICCLAB}) {
    for (int channels = 1; channels <= 6; ++channels) {
      for (const int bits : {8, 16, 32}) {
        for (const int format : {SAMPLEFORMAT_UINT, SAMPLEFORMAT_INT, SAMPLEFORMAT_IEEEFP}) {
          if (format == SAMPLEFORMAT_IEEEFP && bits != 32) continue;
          const int colours = photometric == PHOTOMETRIC_SEPARATED    ? 4
                              : photometric <= PHOTOMETRIC_MINISBLACK ? 1
                                                                      : 3;
          if (channels < colours) continue;
          if (photometric == PHOTOMETRIC_YCBCR && (channels != 3 || bits == 8)) continue;
          const Bytes file = make_tiff_of({channels, photometric, bits, format});
          for (const FormatInfo& target : written_formats()) {
            if (target.format == Format::svg) continue;
            for (const bool half : {false, true}) {
              ImageSettings settings{.output_format = target.format};
              settings.effort = Effort::fast;
              if (half) settings.resize = {.mode = ResizeMode::percent, .percent = 50};
              const auto made = optimize(file, settings);
              made_some += made ? 1 : 0;
              if (made) continue;
              EXPECT_EQ(made.error().code(), ErrorCode::unsupported)
                  << fmt::format("photometric {}, {} channels of {} bits, format {}, to {}{}: {}",
                                 photometric, channels, bits, format, target.name,
                                 half ? ", smaller" : "", made.error().describe());
            }
          }
        }
      }
    }
  }
  EXPECT_GT(made_some, 0);
}

}  // namespace
}  // namespace imgmill
