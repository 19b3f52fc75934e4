#include "support/profiles.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "support/lcms.h"

namespace imgmill::test {
namespace {

struct Lab {
  double l, a, b;
};

std::vector<Lab> seen(const Raster& raster, const Bytes& profile) {
  return converted<Lab>(raster, profile.empty() ? cmsCreate_sRGBProfile() : opened(profile),
                        cmsCreateLab4Profile(nullptr), TYPE_Lab_DBL);
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
  cmsToneCurve* tone = tone_curve(how.gamma);
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
