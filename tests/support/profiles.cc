#include "support/profiles.h"

#include <lcms2.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace imgmill::test {
namespace {

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

struct Lab {
  double l, a, b;
};

std::vector<Lab> seen(const Raster& raster, const Bytes& profile) {
  cmsHPROFILE from =
      profile.empty()
          ? cmsCreate_sRGBProfile()
          : cmsOpenProfileFromMem(profile.data(), static_cast<cmsUInt32Number>(profile.size()));
  if (from == nullptr) throw std::runtime_error("not a profile");
  const cmsColorSpaceSignature space = cmsGetColorSpace(from);
  const int channels = space == cmsSigGrayData ? 1 : space == cmsSigCmykData ? 4 : 3;
  const cmsUInt32Number kind = channels == 1   ? TYPE_GRAY_DBL
                               : channels == 4 ? TYPE_CMYK_DBL
                                               : TYPE_RGB_DBL;
  cmsHPROFILE to = cmsCreateLab4Profile(nullptr);
  cmsHTRANSFORM transform =
      cmsCreateTransform(from, kind, to, TYPE_Lab_DBL, INTENT_RELATIVE_COLORIMETRIC,
                         cmsFLAGS_NOOPTIMIZE | cmsFLAGS_BLACKPOINTCOMPENSATION);
  if (transform == nullptr) throw std::runtime_error("no transform");
  const double unit = channels == 4 ? 100.0 / raster.top() : 1.0 / raster.top();
  std::vector<double> numbers;
  std::size_t pixels = 0;
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x, ++pixels) {
      for (int c = 0; c < channels; ++c) {
        const int from_channel = raster.channels < 3 ? 0 : c;
        numbers.push_back(raster.at(x, y, from_channel) * unit);
      }
    }
  }
  std::vector<Lab> out(pixels);
  cmsDoTransform(transform, numbers.data(), out.data(), static_cast<cmsUInt32Number>(pixels));
  cmsDeleteTransform(transform);
  cmsCloseProfile(from);
  cmsCloseProfile(to);
  return out;
}

cmsInt32Number inks_to_lab(const cmsUInt16Number in[], cmsUInt16Number out[], void*) {
  const double black = 1 - in[3] / 65535.0;
  // As much light as the three inks and black let through.
  cmsFloat64Number light[3];
  for (int i = 0; i < 3; ++i) light[i] = 0.03 + 0.97 * (1 - in[i] / 65535.0) * black;
  cmsHPROFILE rgb = cmsCreate_sRGBProfile();
  cmsHPROFILE lab = cmsCreateLab4Profile(nullptr);
  cmsHTRANSFORM transform = cmsCreateTransform(rgb, TYPE_RGB_DBL, lab, TYPE_Lab_16,
                                               INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
  cmsDoTransform(transform, light, out, 1);
  cmsDeleteTransform(transform);
  cmsCloseProfile(rgb);
  cmsCloseProfile(lab);
  return TRUE;
}

}  // namespace

Bytes rgb_profile_of(const RgbProfileMake& how) {
  const Chromaticities& p = how.places;
  const cmsCIExyY white{p[0], p[1], 1.0};
  const cmsCIExyYTRIPLE primaries{{p[2], p[3], 1}, {p[4], p[5], 1}, {p[6], p[7], 1}};
  const cmsFloat64Number curve[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  cmsToneCurve* tone = how.gamma > 0 ? cmsBuildGamma(nullptr, how.gamma)
                                     : cmsBuildParametricToneCurve(nullptr, 4, curve);
  if (how.table > 0) {
    std::vector<cmsUInt16Number> entries(static_cast<std::size_t>(how.table));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto at = static_cast<float>(i) / static_cast<float>(how.table - 1);
      entries[i] =
          static_cast<cmsUInt16Number>(std::lround(65535 * cmsEvalToneCurveFloat(tone, at)));
    }
    cmsFreeToneCurve(tone);
    tone = cmsBuildTabulatedToneCurve16(nullptr, static_cast<cmsUInt32Number>(how.table),
                                        entries.data());
  }
  cmsToneCurve* tones[3] = {tone, tone, tone};
  cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, tones);
  cmsFreeToneCurve(tone);
  cmsSetProfileVersion(profile, how.version);
  return saved(profile, how.name);
}

Bytes wide_profile() { return rgb_profile_of({.places = p3_places, .name = "Wide P3"}); }

Bytes grey_profile(double gamma) {
  cmsToneCurve* tone = cmsBuildGamma(nullptr, gamma);
  cmsHPROFILE profile = cmsCreateGrayProfile(cmsD50_xyY(), tone);
  cmsFreeToneCurve(tone);
  return saved(profile, "Grey gamma");
}

Bytes cmyk_profile() {
  cmsHPROFILE profile = cmsCreateProfilePlaceholder(nullptr);
  cmsSetProfileVersion(profile, 2.4);
  cmsSetDeviceClass(profile, cmsSigOutputClass);
  cmsSetColorSpace(profile, cmsSigCmykData);
  cmsSetPCS(profile, cmsSigLabData);
  cmsPipeline* pipeline = cmsPipelineAlloc(nullptr, 4, 3);
  cmsStage* table = cmsStageAllocCLut16bit(nullptr, 5, 4, 3, nullptr);
  cmsStageSampleCLut16bit(table, inks_to_lab, nullptr, 0);
  cmsPipelineInsertStage(pipeline, cmsAT_BEGIN, table);
  cmsWriteTag(profile, cmsSigAToB0Tag, pipeline);
  cmsPipelineFree(pipeline);
  cmsWriteTag(profile, cmsSigMediaWhitePointTag, cmsD50_XYZ());
  return saved(profile, "Four inks");
}

double mean_delta_e(const Raster& one, const Bytes& profile, const Raster& other,
                    const Bytes& other_profile) {
  if (one.width != other.width || one.height != other.height) return 1000;
  const std::vector<Lab> a = seen(one, profile);
  const std::vector<Lab> b = seen(other, other_profile);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += std::hypot(a[i].l - b[i].l, a[i].a - b[i].a, a[i].b - b[i].b);
  }
  return sum / static_cast<double>(a.size());
}

}  // namespace imgmill::test
