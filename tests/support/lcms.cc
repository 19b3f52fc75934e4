#include "support/lcms.h"

#include <algorithm>

namespace imgmill::test {

Bytes saved(cmsHPROFILE profile, const char* name) {
  cmsMLU* text = cmsMLUalloc(nullptr, 1);
  cmsMLUsetASCII(text, "en", "US", name);
  cmsWriteTag(profile, cmsSigProfileDescriptionTag, text);
  cmsMLUfree(text);
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  Bytes out(size);
  cmsSaveProfileToMem(profile, out.data(), &size);
  cmsCloseProfile(profile);
  // The creation date (ICC.1, bytes 24 to 35) would make the bytes differ every second.
  std::fill(out.begin() + 24, out.begin() + 36, std::byte{0});
  return out;
}

cmsHPROFILE opened(const Bytes& profile) {
  cmsHPROFILE handle =
      cmsOpenProfileFromMem(profile.data(), static_cast<cmsUInt32Number>(profile.size()));
  if (handle == nullptr) throw std::runtime_error("not a profile");
  return handle;
}

cmsToneCurve* tone_curve(double gamma) {
  const cmsFloat64Number srgb[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  return gamma > 0 ? cmsBuildGamma(nullptr, gamma) : cmsBuildParametricToneCurve(nullptr, 4, srgb);
}

Numbers numbers_for(cmsHPROFILE profile, const Raster& raster) {
  const cmsColorSpaceSignature space = cmsGetColorSpace(profile);
  const int channels = space == cmsSigGrayData ? 1 : space == cmsSigCmykData ? 4 : 3;
  Numbers out;
  out.type = channels == 1 ? TYPE_GRAY_DBL : channels == 4 ? TYPE_CMYK_DBL : TYPE_RGB_DBL;
  const double unit = (channels == 4 ? 100.0 : 1.0) / raster.top();
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x, ++out.pixels) {
      for (int c = 0; c < channels; ++c) {
        out.numbers.push_back(raster.at(x, y, raster.channels < 3 ? 0 : c) * unit);
      }
    }
  }
  return out;
}

}  // namespace imgmill::test
