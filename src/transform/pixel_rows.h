// Splits rows of interleaved pixels into planes of numbers for calculation, and joins them again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imgmill {

/// Conversion between integer samples and linear light, for one channel.
struct LightCurve {
  /// Light of each of the 256 or 65,536 samples, 0..1, ascending.
  std::vector<double> light;
  /// Threshold between samples i and i + 1: from this light on, the second is nearer on the curve.
  std::vector<double> middles;
  /// Approximate sample for evenly spaced square roots of light from 0 to 1.
  std::vector<float> guesses;

  /// The curve of sRGB (IEC 61966-2-1).
  [[nodiscard]] static LightCurve srgb(std::size_t samples);
  /// A curve known at its samples only; linear in between.
  [[nodiscard]] static LightCurve of(std::vector<double> light);
  /// Returns the nearest sample on the curve; clamps light to 0..1.
  [[nodiscard]] std::size_t sample_of(double light) const;
};

enum class SampleType { byte, word, real };  ///< 8 bits, 16 bits, float

/// Layout of a row of interleaved pixels.
struct PixelRow {
  SampleType type = SampleType::byte;
  int channels = 3;
  int alpha = -1;  ///< index of the alpha channel, which applies to the channels before it; -1:
                   ///< none
  /// One per channel before alpha, or per channel; empty: samples stay as coded.
  std::vector<LightCurve> curves;

  [[nodiscard]] double most() const {  ///< the sample value of white, or opaque
    return type == SampleType::byte ? 255 : type == SampleType::word ? 65535 : 1;
  }
};

/// Converts a row to planes of coded samples or of light, with colours premultiplied by alpha, if
/// there is any. `planes` are padded (see resample.h).
void take_apart(const PixelRow& kind, const void* row, std::size_t width, double* const* planes);

/// The inverse; clamps to the valid range, except for floats. Changes `planes`.
void put_together(const PixelRow& kind, double* const* planes, std::size_t width, void* row);

/// Convert between 8-bit samples and floats; samples_of() rounds and clamps.
void numbers_of(const std::uint8_t* samples, std::size_t count, float* numbers);
void samples_of(const float* numbers, std::size_t count, std::uint8_t* samples);

/// Converts Y, Cb and Cr (0..255, T.871) to interleaved R, G and B.
void rgb_of_ycc(const float* y, const float* cb, const float* cr, std::size_t width,
                std::uint8_t* row);

}  // namespace imgmill
