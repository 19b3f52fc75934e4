// Rows of pixels taken apart into planes of numbers to calculate with, and put together again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imgmill {

/// From samples of whole numbers to light and back, for one channel.
struct LightCurve {
  /// What each of 256 or 65,536 samples stands for, 0..1, rising.
  std::vector<double> light;
  /// Between samples i and i + 1, from which light on the second is nearer on the curve.
  std::vector<double> middles;
  /// About which sample it is, for evenly spaced square roots of light from 0 to 1.
  std::vector<float> guesses;

  /// sRGB's (IEC 61966-2-1).
  [[nodiscard]] static LightCurve srgb(std::size_t samples);
  /// One that is known at its samples only: straight lines in between.
  [[nodiscard]] static LightCurve of(std::vector<double> light);
  /// The sample that is nearest on the curve; light beyond 0..1 is cut off.
  [[nodiscard]] std::size_t sample_of(double light) const;
};

enum class SampleType { byte, word, real };  ///< 8 bits, 16 bits, float

/// What a row of pixels is, interleaved.
struct PixelRow {
  SampleType type = SampleType::byte;
  int channels = 3;
  int alpha = -1;  ///< the channel that colours before it are seen through; -1: none
  /// Of the channels in front of alpha, or of all; empty: numbers stay as they are coded.
  std::vector<LightCurve> curves;

  [[nodiscard]] double most() const {  ///< white, or opaque
    return type == SampleType::byte ? 255 : type == SampleType::word ? 65535 : 1;
  }
};

/// Numbers as coded, or as light; colours multiplied by alpha, if there is any. `planes` are padded
/// (see resample.h).
void take_apart(const PixelRow& kind, const void* row, std::size_t width, double* const* planes);

/// The other way; numbers beyond what is possible are cut off, but for floats. Changes `planes`.
void put_together(const PixelRow& kind, double* const* planes, std::size_t width, void* row);

/// Plain samples as numbers, and numbers as samples, rounded and cut off at both ends.
void numbers_of(const std::uint8_t* samples, std::size_t count, float* numbers);
void samples_of(const float* numbers, std::size_t count, std::uint8_t* samples);

/// Y, Cb and Cr (0..255, T.871) become R, G and B, interleaved.
void rgb_of_ycc(const float* y, const float* cb, const float* cr, std::size_t width,
                std::uint8_t* row);

}  // namespace imgmill
