#include "support/light.h"

#include <stdexcept>

#include "support/lcms.h"

namespace imgmill::test {
namespace {

cmsHPROFILE made(const RgbMeaning& meaning) {
  const cmsCIExyY white{0.3127, 0.3290, 1.0};
  const auto& p = meaning.primaries;
  const cmsCIExyYTRIPLE primaries{{p[0], p[1], 1}, {p[2], p[3], 1}, {p[4], p[5], 1}};
  cmsToneCurve* tone = tone_curve(meaning.gamma);
  cmsToneCurve* tones[3] = {tone, tone, tone};
  cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, tones);
  cmsFreeToneCurve(tone);
  if (profile == nullptr) throw std::runtime_error("no profile");
  return profile;
}

}  // namespace

Bytes profile_of(const RgbMeaning& meaning) { return saved(made(meaning), "Numbers"); }

std::vector<float> light_of(const Raster& raster, const Bytes& profile) {
  RgbMeaning light = srgb;
  light.gamma = 1;
  return converted<float>(raster, opened(profile), made(light), TYPE_RGB_FLT, 3);
}

}  // namespace imgmill::test
