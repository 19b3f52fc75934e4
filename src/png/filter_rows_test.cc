#include "png/filter_rows.h"

#include <gtest/gtest.h>

#include <random>

#include "quality/ssimulacra2.h"
#include "quality/ssimulacra2_simd.h"

namespace imgmill::png {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

struct Room {
  std::array<Bytes, filters> out;
  std::array<std::uint64_t, filters> sums{};
  RowJob job(const Bytes& current, const Bytes& above, std::size_t size, std::size_t step) {
    RowJob job{current.data() + row_margin, above.data() + row_margin, size, step, {}, &sums};
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].assign(size + row_margin, 0);
      job.out[i] = out[i].data();
    }
    return job;
  }
};

Bytes with_margins(const Bytes& row) {
  Bytes bytes(row_margin);
  bytes.insert(bytes.end(), row.begin(), row.end());
  bytes.resize(bytes.size() + row_margin);
  return bytes;
}

TEST(FilterRows, VectorsAreThePlainCodeToTheLastBit) {
  for (const std::string_view target : simd_targets()) {
    ASSERT_TRUE(quality::choose_simd_target(target)) << target;
    for (const std::size_t step : {1, 2, 3, 4, 6, 8}) {
      for (std::size_t size = 1; size < 150; size += size < 70 ? 1 : 13) {
        const Bytes current = with_margins(noise(size, static_cast<unsigned>(size)));
        const Bytes above = with_margins(noise(size, static_cast<unsigned>(size + 1000)));
        Room fast;
        Room plain;
        filter_row(fast.job(current, above, size, step));
        filter_row_plainly(plain.job(current, above, size, step));
        EXPECT_EQ(fast.sums, plain.sums) << target << " " << size << " " << step;
        for (std::size_t i = 0; i < filters; ++i) {
          fast.out[i].resize(size);
          plain.out[i].resize(size);
          ASSERT_EQ(fast.out[i], plain.out[i]) << target << " " << size << " " << step << " " << i;
        }
      }
    }
  }
  quality::choose_simd_target("");
}

TEST(FilterRows, AreUndone) {
  constexpr std::size_t height = 9;
  for (const std::size_t step : {1, 2, 3, 4, 6, 8}) {
    for (const std::size_t pixels : {1, 2, 31}) {
      const std::size_t stride = pixels * step;
      const Bytes rows = noise(height * stride, static_cast<unsigned>(stride));
      FilteredRow row(stride);
      Bytes stream;
      for (std::size_t y = 0; y < height; ++y) {
        const auto here = std::span(rows).subspan(y * stride, stride);
        const auto above = y == 0 ? std::span<const std::uint8_t>{}
                                  : std::span(rows).subspan((y - 1) * stride, stride);
        row.filter(here, above, step);
        const auto filter = static_cast<Filter>(y % filters);
        stream.push_back(static_cast<std::uint8_t>(filter));
        stream.insert(stream.end(), row.bytes(filter), row.bytes(filter) + stride);
      }
      Bytes back(rows.size());
      ASSERT_TRUE(unfilter(stream, height, stride, step, back.data()));
      EXPECT_EQ(back, rows) << step << " " << pixels;
      Bytes in_place = stream;
      ASSERT_TRUE(unfilter(in_place, height, stride, step, in_place.data()));
      in_place.resize(rows.size());
      EXPECT_EQ(in_place, rows) << step << " " << pixels << ", in place";
      stream[0] = filters;
      EXPECT_FALSE(unfilter(stream, height, stride, step, back.data()));
    }
  }
}

}  // namespace
}  // namespace imgmill::png
