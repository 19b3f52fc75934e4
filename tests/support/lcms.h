// What tests ask of LittleCMS.
#pragma once

#include <lcms2.h>

#include <stdexcept>
#include <vector>

#include "support/make.h"

namespace imgmill::test {

/// The profile as bytes, under a name and without a date; closes it.
Bytes saved(cmsHPROFILE profile, const char* name);
cmsHPROFILE opened(const Bytes& profile);
/// sRGB's curve, or a pure one where `gamma` is not 0.
cmsToneCurve* tone_curve(double gamma);

/// The numbers of a raster as `profile` wants them: 1, 3 or 4 a pixel.
struct Numbers {
  std::vector<double> numbers;
  cmsUInt32Number type = 0;
  std::size_t pixels = 0;
};
Numbers numbers_for(cmsHPROFILE profile, const Raster& raster);

/// The raster through `from` to `to`, relative colorimetric with black points matched; `type` is
/// how LittleCMS writes `count` Ts a pixel. Closes both profiles.
template <typename T>
std::vector<T> converted(const Raster& raster, cmsHPROFILE from, cmsHPROFILE to,
                         cmsUInt32Number type, std::size_t count = 1) {
  const Numbers in = numbers_for(from, raster);
  cmsHTRANSFORM transform =
      cmsCreateTransform(from, in.type, to, type, INTENT_RELATIVE_COLORIMETRIC,
                         cmsFLAGS_NOOPTIMIZE | cmsFLAGS_BLACKPOINTCOMPENSATION);
  cmsCloseProfile(from);
  cmsCloseProfile(to);
  if (transform == nullptr) throw std::runtime_error("no transform");
  std::vector<T> out(count * in.pixels);
  cmsDoTransform(transform, in.numbers.data(), out.data(), static_cast<cmsUInt32Number>(in.pixels));
  cmsDeleteTransform(transform);
  return out;
}

}  // namespace imgmill::test
