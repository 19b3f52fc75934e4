#include "support/light.h"

#include <lcms2.h>

#include <stdexcept>

namespace imgmill::test {
namespace {

cmsHPROFILE made(const RgbMeaning& meaning) {
  const cmsCIExyY white{0.3127, 0.3290, 1.0};
  const auto& p = meaning.primaries;
  const cmsCIExyYTRIPLE primaries{{p[0], p[1], 1}, {p[2], p[3], 1}, {p[4], p[5], 1}};
  const cmsFloat64Number srgb_numbers[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  cmsToneCurve* tone = meaning.gamma > 0 ? cmsBuildGamma(nullptr, meaning.gamma)
                                         : cmsBuildParametricToneCurve(nullptr, 4, srgb_numbers);
  cmsToneCurve* tones[3] = {tone, tone, tone};
  cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, tones);
  cmsFreeToneCurve(tone);
  if (profile == nullptr) throw std::runtime_error("no profile");
  return profile;
}

}  // namespace

Bytes profile_of(const RgbMeaning& meaning) {
  cmsHPROFILE profile = made(meaning);
  cmsMLU* text = cmsMLUalloc(nullptr, 1);
  cmsMLUsetASCII(text, "en", "US", "Numbers");
  cmsWriteTag(profile, cmsSigProfileDescriptionTag, text);
  cmsMLUfree(text);
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  Bytes out(size);
  cmsSaveProfileToMem(profile, out.data(), &size);
  cmsCloseProfile(profile);
  return out;
}

std::vector<float> light_of(const Raster& raster, const Bytes& profile) {
  cmsHPROFILE from =
      cmsOpenProfileFromMem(profile.data(), static_cast<cmsUInt32Number>(profile.size()));
  if (from == nullptr) throw std::runtime_error("not a profile");
  const cmsColorSpaceSignature space = cmsGetColorSpace(from);
  const int channels = space == cmsSigGrayData ? 1 : space == cmsSigCmykData ? 4 : 3;
  const cmsUInt32Number kind = channels == 1   ? TYPE_GRAY_DBL
                               : channels == 4 ? TYPE_CMYK_DBL
                                               : TYPE_RGB_DBL;
  RgbMeaning light = srgb;
  light.gamma = 1;
  cmsHPROFILE to = made(light);
  cmsHTRANSFORM transform =
      cmsCreateTransform(from, kind, to, TYPE_RGB_FLT, INTENT_RELATIVE_COLORIMETRIC,
                         cmsFLAGS_NOOPTIMIZE | cmsFLAGS_BLACKPOINTCOMPENSATION);
  cmsCloseProfile(from);
  cmsCloseProfile(to);
  if (transform == nullptr) throw std::runtime_error("no transform");
  const double unit = (channels == 4 ? 100.0 : 1.0) / raster.top();
  std::vector<double> numbers;
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x) {
      for (int c = 0; c < channels; ++c) numbers.push_back(raster.at(x, y, c) * unit);
    }
  }
  const std::size_t pixels = numbers.size() / static_cast<std::size_t>(channels);
  std::vector<float> out(3 * pixels);
  cmsDoTransform(transform, numbers.data(), out.data(), static_cast<cmsUInt32Number>(pixels));
  cmsDeleteTransform(transform);
  return out;
}

}  // namespace imgmill::test
