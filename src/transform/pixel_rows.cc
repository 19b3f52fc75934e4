#include "transform/pixel_rows.h"

#include <algorithm>
#include <cmath>

#include "base/simd_targets.h"
#include "transform/resample.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "transform/pixel_rows.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imgmill {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <typename Number>
using Numbers = hn::CappedTag<Number, 8>;
template <typename Sample, typename Number>
using Samples = hn::Rebind<Sample, Numbers<Number>>;
template <typename Number>
using Wholes = hn::Rebind<std::int32_t, Numbers<Number>>;

template <typename Sample>
constexpr int most_of = sizeof(Sample) == 1 ? 255 : 65535;

HWY_INLINE hn::Vec<Numbers<float>> real(float, hn::Vec<Wholes<float>> wholes) {
  return hn::ConvertTo(Numbers<float>(), wholes);
}
HWY_INLINE hn::Vec<Numbers<double>> real(double, hn::Vec<Wholes<double>> wholes) {
  return hn::PromoteTo(Numbers<double>(), wholes);
}
HWY_INLINE hn::Vec<Wholes<float>> cut(float, hn::Vec<Numbers<float>> numbers) {
  return hn::ConvertTo(Wholes<float>(), numbers);
}
HWY_INLINE hn::Vec<Wholes<double>> cut(double, hn::Vec<Numbers<double>> numbers) {
  return hn::DemoteTo(Wholes<double>(), numbers);
}

template <typename Number, typename Samples>
HWY_INLINE hn::Vec<Numbers<Number>> numbers(Samples samples) {
  return real(Number{}, hn::PromoteTo(Wholes<Number>(), samples));
}

// Rounds and clamps.
template <typename Sample, typename Number>
HWY_INLINE hn::Vec<Samples<Sample, Number>> samples(hn::Vec<Numbers<Number>> numbers) {
  const Numbers<Number> d;
  const auto possible = hn::Min(hn::Max(numbers, hn::Zero(d)), hn::Set(d, Number{most_of<Sample>}));
  return hn::DemoteTo(Samples<Sample, Number>(),
                      cut(Number{}, hn::Add(possible, hn::Set(d, Number{0.5}))));
}

template <typename Sample, typename Number>
Sample sample(Number number) {
  return static_cast<Sample>(std::clamp(number, Number{0}, Number{most_of<Sample>}) + Number{0.5});
}

template <typename Sample, typename Number>
HWY_INLINE void Apart(const Sample* row, std::size_t width, std::size_t channels,
                      Number* const* planes) {
  const Numbers<Number> d;
  const Samples<Sample, Number> ds;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t x = 0;
  if (channels == 1) {
    for (; x + lanes <= width; x += lanes) {
      hn::StoreU(numbers<Number>(hn::LoadU(ds, row + x)), d, planes[0] + x);
    }
  } else if (channels == 3) {
    for (; x + lanes <= width; x += lanes) {
      auto r = hn::Zero(ds), g = r, b = r;
      hn::LoadInterleaved3(ds, row + 3 * x, r, g, b);
      hn::StoreU(numbers<Number>(r), d, planes[0] + x);
      hn::StoreU(numbers<Number>(g), d, planes[1] + x);
      hn::StoreU(numbers<Number>(b), d, planes[2] + x);
    }
  } else if (channels == 4) {
    for (; x + lanes <= width; x += lanes) {
      auto r = hn::Zero(ds), g = r, b = r, a = r;
      hn::LoadInterleaved4(ds, row + 4 * x, r, g, b, a);
      hn::StoreU(numbers<Number>(r), d, planes[0] + x);
      hn::StoreU(numbers<Number>(g), d, planes[1] + x);
      hn::StoreU(numbers<Number>(b), d, planes[2] + x);
      hn::StoreU(numbers<Number>(a), d, planes[3] + x);
    }
  }
  for (; x < width; ++x) {
    for (std::size_t c = 0; c < channels; ++c) {
      planes[c][x] = static_cast<Number>(row[x * channels + c]);
    }
  }
}

template <typename Sample, typename Number>
HWY_INLINE void Together(const Number* const* planes, std::size_t width, std::size_t channels,
                         Sample* row) {
  const Numbers<Number> d;
  const Samples<Sample, Number> ds;
  const std::size_t lanes = hn::Lanes(d);
  const auto of = [&](std::size_t channel, std::size_t at) HWY_ATTR {
    return samples<Sample, Number>(hn::LoadU(d, planes[channel] + at));
  };
  std::size_t x = 0;
  if (channels == 1) {
    for (; x + lanes <= width; x += lanes) hn::StoreU(of(0, x), ds, row + x);
  } else if (channels == 3) {
    for (; x + lanes <= width; x += lanes) {
      hn::StoreInterleaved3(of(0, x), of(1, x), of(2, x), ds, row + 3 * x);
    }
  } else if (channels == 4) {
    for (; x + lanes <= width; x += lanes) {
      hn::StoreInterleaved4(of(0, x), of(1, x), of(2, x), of(3, x), ds, row + 4 * x);
    }
  }
  for (; x < width; ++x) {
    for (std::size_t c = 0; c < channels; ++c) {
      row[x * channels + c] = sample<Sample>(planes[c][x]);
    }
  }
}

void BytesApart(const std::uint8_t* row, std::size_t width, std::size_t channels,
                double* const* planes) {
  Apart(row, width, channels, planes);
}
void WordsApart(const std::uint16_t* row, std::size_t width, std::size_t channels,
                double* const* planes) {
  Apart(row, width, channels, planes);
}
void BytesTogether(double* const* planes, std::size_t width, std::size_t channels,
                   std::uint8_t* row) {
  Together<std::uint8_t, double>(planes, width, channels, row);
}
void WordsTogether(double* const* planes, std::size_t width, std::size_t channels,
                   std::uint16_t* row) {
  Together<std::uint16_t, double>(planes, width, channels, row);
}
void NumbersOf(const std::uint8_t* samples, std::size_t count, float* numbers) {
  Apart(samples, count, 1, &numbers);
}
void SamplesOf(const float* numbers, std::size_t count, std::uint8_t* samples) {
  Together<std::uint8_t, float>(&numbers, count, 1, samples);
}

// colours *= alpha / most
void Multiply(double* colours, const double* alpha, double most, std::size_t width) {
  const Numbers<double> d;
  const auto opaque = hn::Set(d, most);
  for (std::size_t x = 0; x < width; x += hn::Lanes(d)) {
    const auto product = hn::Mul(hn::LoadU(d, colours + x), hn::LoadU(d, alpha + x));
    hn::StoreU(hn::Div(product, opaque), d, colours + x);
  }
}

// colours /= alpha / most; 0 where alpha is at most `none`.
void Divide(double* colours, const double* alpha, double most, double none, std::size_t width) {
  const Numbers<double> d;
  const auto opaque = hn::Set(d, most);
  for (std::size_t x = 0; x < width; x += hn::Lanes(d)) {
    const auto opacity = hn::LoadU(d, alpha + x);
    const auto seen = hn::Gt(opacity, hn::Set(d, none));
    const auto divisor = hn::IfThenElse(seen, opacity, opaque);
    const auto quotient = hn::Div(hn::Mul(hn::LoadU(d, colours + x), opaque), divisor);
    hn::StoreU(hn::IfThenElseZero(seen, quotient), d, colours + x);
  }
}

// T.871, 7.
void RgbOfYcc(const float* luma, const float* blue, const float* red, std::size_t width,
              std::uint8_t* row) {
  const Numbers<float> d;
  const Samples<std::uint8_t, float> ds;
  const auto middle = hn::Set(d, 128.0F);
  std::size_t x = 0;
  for (; x + hn::Lanes(d) <= width; x += hn::Lanes(d)) {
    const auto y = hn::LoadU(d, luma + x);
    const auto cb = hn::Sub(hn::LoadU(d, blue + x), middle);
    const auto cr = hn::Sub(hn::LoadU(d, red + x), middle);
    const auto r = hn::MulAdd(hn::Set(d, 1.402F), cr, y);
    const auto g =
        hn::MulAdd(hn::Set(d, -0.344136286F), cb, hn::MulAdd(hn::Set(d, -0.714136286F), cr, y));
    const auto b = hn::MulAdd(hn::Set(d, 1.772F), cb, y);
    hn::StoreInterleaved3(samples<std::uint8_t, float>(r), samples<std::uint8_t, float>(g),
                          samples<std::uint8_t, float>(b), ds, row + 3 * x);
  }
  for (; x < width; ++x) {
    const float cb = blue[x] - 128;
    const float cr = red[x] - 128;
    row[3 * x] = sample<std::uint8_t>(luma[x] + 1.402F * cr);
    row[3 * x + 1] = sample<std::uint8_t>(luma[x] - 0.714136286F * cr - 0.344136286F * cb);
    row[3 * x + 2] = sample<std::uint8_t>(luma[x] + 1.772F * cb);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace imgmill
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imgmill {

HWY_EXPORT(BytesApart);
HWY_EXPORT(WordsApart);
HWY_EXPORT(BytesTogether);
HWY_EXPORT(WordsTogether);
HWY_EXPORT(NumbersOf);
HWY_EXPORT(SamplesOf);
HWY_EXPORT(Multiply);
HWY_EXPORT(Divide);
HWY_EXPORT(RgbOfYcc);

namespace {

constexpr std::size_t light_steps = 4096;

/// `light_at(sample)` must accept half samples as well.
template <typename LightAt>
LightCurve curve_of(std::size_t samples, LightAt light_at) {
  LightCurve curve;
  for (std::size_t i = 0; i < samples; ++i) {
    curve.light.push_back(light_at(static_cast<double>(i)));
    if (i + 1 < samples) curve.middles.push_back(light_at(static_cast<double>(i) + 0.5));
  }
  std::size_t sample = 0;
  for (std::size_t step = 0; step <= light_steps; ++step) {
    const double root = static_cast<double>(step) / light_steps;
    while (sample < curve.middles.size() && curve.middles[sample] <= root * root) ++sample;
    curve.guesses.push_back(static_cast<float>(sample));
  }
  return curve;
}

double srgb_light(double coded) {
  return coded <= 0.04045 ? coded / 12.92 : std::pow((coded + 0.055) / 1.055, 2.4);
}

template <typename Sample>
void light_apart(const PixelRow& kind, const Sample* row, std::size_t width,
                 double* const* planes) {
  const auto channels = static_cast<std::size_t>(kind.channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const bool curved = c < kind.curves.size();
    const double* light = curved ? kind.curves[c].light.data() : nullptr;
    for (std::size_t x = 0; x < width; ++x) {
      const Sample sample = row[x * channels + c];
      planes[c][x] = curved ? light[sample] : static_cast<double>(sample);
    }
  }
}

void reals_apart(const float* row, std::size_t width, std::size_t channels, double* const* planes) {
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t c = 0; c < channels; ++c) {
      planes[c][x] = static_cast<double>(row[x * channels + c]);
    }
  }
}

void reals_together(const double* const* planes, std::size_t width, std::size_t channels,
                    float* row) {
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t c = 0; c < channels; ++c) {
      row[x * channels + c] = static_cast<float>(planes[c][x]);
    }
  }
}

}  // namespace

LightCurve LightCurve::srgb(std::size_t samples) {
  const double last = static_cast<double>(samples - 1);
  return curve_of(samples, [last](double sample) { return srgb_light(sample / last); });
}

LightCurve LightCurve::of(std::vector<double> light) {
  return curve_of(light.size(), [&light](double sample) {
    const auto at = static_cast<std::size_t>(sample);
    const double part = sample - static_cast<double>(at);
    return part > 0 ? light[at] + part * (light[at + 1] - light[at]) : light[at];
  });
}

std::size_t LightCurve::sample_of(double number) const {
  const double root = std::sqrt(std::clamp(number, 0.0, 1.0)) * light_steps;
  const auto step = std::min(static_cast<std::size_t>(root), light_steps - 1);
  const double part = root - static_cast<double>(step);
  const auto from = static_cast<double>(guesses[step]);
  const auto to = static_cast<double>(guesses[step + 1]);
  auto sample = static_cast<std::size_t>(from + part * (to - from));
  while (sample > 0 && number < middles[sample - 1]) --sample;
  while (sample < middles.size() && number >= middles[sample]) ++sample;
  return sample;
}

void take_apart(const PixelRow& kind, const void* row, std::size_t width, double* const* planes) {
  const auto channels = static_cast<std::size_t>(kind.channels);
  switch (kind.type) {
    case SampleType::byte: {
      const auto* samples = static_cast<const std::uint8_t*>(row);
      if (kind.curves.empty()) {
        HWY_DYNAMIC_DISPATCH(BytesApart)(samples, width, channels, planes);
      } else {
        light_apart(kind, samples, width, planes);
      }
      break;
    }
    case SampleType::word: {
      const auto* samples = static_cast<const std::uint16_t*>(row);
      if (kind.curves.empty()) {
        HWY_DYNAMIC_DISPATCH(WordsApart)(samples, width, channels, planes);
      } else {
        light_apart(kind, samples, width, planes);
      }
      break;
    }
    case SampleType::real:
      reals_apart(static_cast<const float*>(row), width, channels, planes);
      break;
  }
  for (int c = 0; c < kind.alpha; ++c) {
    HWY_DYNAMIC_DISPATCH(Multiply)(planes[c], planes[kind.alpha], kind.most(), width);
  }
}

void put_together(const PixelRow& kind, double* const* planes, std::size_t width, void* row) {
  const auto channels = static_cast<std::size_t>(kind.channels);
  const double none = kind.type == SampleType::real ? 0 : 0.5;  // alpha that rounds to 0
  for (int c = 0; c < kind.alpha; ++c) {
    HWY_DYNAMIC_DISPATCH(Divide)(planes[c], planes[kind.alpha], kind.most(), none, width);
  }
  for (std::size_t c = 0; c < kind.curves.size(); ++c) {
    for (std::size_t x = 0; x < width; ++x) {
      planes[c][x] = static_cast<double>(kind.curves[c].sample_of(planes[c][x]));
    }
  }
  switch (kind.type) {
    case SampleType::byte:
      HWY_DYNAMIC_DISPATCH(BytesTogether)
      (planes, width, channels, static_cast<std::uint8_t*>(row));
      break;
    case SampleType::word:
      HWY_DYNAMIC_DISPATCH(WordsTogether)
      (planes, width, channels, static_cast<std::uint16_t*>(row));
      break;
    case SampleType::real:
      reals_together(planes, width, channels, static_cast<float*>(row));
      break;
  }
}

void numbers_of(const std::uint8_t* samples, std::size_t count, float* numbers) {
  HWY_DYNAMIC_DISPATCH(NumbersOf)(samples, count, numbers);
}

void samples_of(const float* numbers, std::size_t count, std::uint8_t* samples) {
  HWY_DYNAMIC_DISPATCH(SamplesOf)(numbers, count, samples);
}

void rgb_of_ycc(const float* y, const float* cb, const float* cr, std::size_t width,
                std::uint8_t* row) {
  HWY_DYNAMIC_DISPATCH(RgbOfYcc)(y, cb, cr, width, row);
}

}  // namespace imgmill
#endif
