// The constants of SSIMULACRA 2.1 and the functions that combine them.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace imgmill::quality {

// All from the published reference implementation, version 2.1 of April 2023
// (https://github.com/cloudinary/ssimulacra2, src/ssimulacra2.cc), unless another source is named.

inline constexpr std::size_t most_scales = 6;
inline constexpr std::size_t smallest_side = 8;

/// Stabilizes quotients of variances where both pictures are flat.
inline constexpr float variance_floor = 0.0009F;

/// Weights of the six norms (see Norm) for each channel and scale. They were fitted with all six
/// scales. For pictures with fewer scales they are read consecutively from the start, so that a
/// weight then applies to another channel and scale than in the fit: the reference implementation
/// does so, and our scores must agree with it.
// clang-format off: a row is a scale
inline constexpr std::array<double, 108> weights = {
    // X
    0,
    0.0007376606707406586,
    0,
    0,
    0.0007793481682867309,
    0,
    0,
    0.0004371155730107379,
    0,
    1.1041726426657346,
    0.00066284834129271,
    0.00015231632783718752,
    0,
    0.0016406437456599754,
    0,
    1.8422455520539298,
    11.441172603757666,
    0,
    0.0007989109436015163,
    0.000176816438078653,
    0,
    1.8787594979546387,
    10.94906990605142,
    0,
    0.0007289346991508072,
    0.9677937080626833,
    0,
    0.00014003424285435884,
    0.9981766977854967,
    0.00031949755934435053,
    0.0004550992113792063,
    0,
    0,
    0.0013648766163243398,
    0,
    0,
    // Y
    0,
    0,
    0,
    7.466890328078848,
    0,
    17.445833984131262,
    0.0006235601634041466,
    0,
    0,
    6.683678146179332,
    0.00037724407979611296,
    1.027889937768264,
    225.20515300849274,
    0,
    0,
    19.213238186143016,
    0.0011401524586618361,
    0.001237755635509985,
    176.39317598450694,
    0,
    0,
    24.43300999870476,
    0.28520802612117757,
    0.0004485436923833408,
    0,
    0,
    0,
    34.77906344483772,
    44.835625328877896,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    // B - Y
    0,
    0.0008680556573291698,
    0,
    0,
    0,
    0,
    0,
    0.0005313191874358747,
    0,
    0.00016533814161379112,
    0,
    0,
    0,
    0,
    0,
    0.0004179171803251336,
    0.0017290828234722833,
    0,
    0.0020827005846636437,
    0,
    0,
    8.826982764996862,
    23.19243343998926,
    0,
    95.1080498811086,
    0.9863978034400682,
    0.9834382792465353,
    0.0012286405048278493,
    171.2667255897307,
    0.9807858872435379,
    0,
    0,
    0,
    0.0005130064588990679,
    0,
    0.00010854057858411537,
};
// clang-format on

/// The errors of one channel at one scale: means, then fourth roots of mean fourth powers, of
/// structure (1 - SSIM without its luminance denominator), of edges that only the candidate has
/// ("ringing"), and of edges that only the original has ("blur").
enum Norm { structure_1, ringing_1, blur_1, structure_4, ringing_4, blur_4, norm_count };

/// The weights of channel 0..2 at `scale`, for a picture with `scales` scales.
inline constexpr const double* weights_of(std::size_t channel, std::size_t scale,
                                          std::size_t scales) {
  return &weights[(channel * scales + scale) * norm_count];
}

/// The weighted sum of the norms over `pixels` pixels, given the `sums` of the errors (and of their
/// fourth powers).
template <typename Six>
double weighted_norms(const Six& sums, double pixels, const double* weight) {
  double error = 0;
  for (std::size_t n = 0; n < norm_count; ++n) {
    const double mean = static_cast<double>(sums[n]) / pixels;
    error += weight[n] * (n < structure_4 ? mean : std::sqrt(std::sqrt(mean)));
  }
  return error;
}

/// The number of scales of a picture: each halves the previous one (rounding up), as long as that
/// one has 8 pixels per side. At most 6; 0 under 8 pixels per side.
inline constexpr std::size_t scales_of(std::size_t width, std::size_t height) {
  std::size_t count = 0;
  while (count < most_scales && width >= smallest_side && height >= smallest_side) {
    ++count;
    if (count > 1) {
      width = (width + 1) / 2;
      height = (height + 1) / 2;
    }
  }
  return count;
}

/// Maps the weighted sum of all norms to the score, at most 100.
inline double score_of(double sum) {
  const double x = sum * 0.9562382616834844;
  const double bent =
      2.326765642916932 * x - 0.020884521182843837 * x * x + 6.248496625763138e-05 * x * x * x;
  return bent > 0 ? 100 - 10 * std::pow(bent, 0.6276336467831387) : 100;
}

/// The blur: a Gaussian of sigma 1.5 written as a sum of three cosines (D. Charalampidis,
/// "Recursive Implementation of the Gaussian Filter Using Truncated Cosine Functions", IEEE
/// Transactions on Signal Processing 64(14), 2016, equations 37 to 57, radius 5). The proposed
/// implementation is recursive, but its impulse response ends after 4 pixels to each side, where
/// cosines of odd quarter turns are 0. So these are all the weights: of a pixel and of its
/// neighbours 1 to 4 away. They sum to 1; outside a picture there are zeros.
inline constexpr std::array<double, 5> gaussian = {0.26462110548819862, 0.21292859201042227,
                                                   0.10933537277746035, 0.036011114658364388,
                                                   0.0094143678096537328};
inline constexpr std::size_t gaussian_reach = 4;

/// From linear sRGB to XYB: cone responses are mixed, cube roots taken, opponent colours formed
/// (JPEG XL, ISO/IEC 18181-1, annex on XYB; libjxl, lib/jxl/opsin_params.h).
inline constexpr std::array<float, 9> cones = {0.30F,
                                               1.0F - 0.078F - 0.30F,
                                               0.078F,
                                               0.23F,
                                               1.0F - 0.078F - 0.23F,
                                               0.078F,
                                               0.24342268924547819F,
                                               0.20476744424496821F,
                                               1.0F - 0.24342268924547819F - 0.20476744424496821F};
inline constexpr float cone_bias = 0.0037930732552754493F;
inline constexpr float cone_bias_root = 0.15595420054924863F;

/// XYB is shifted and scaled so that all of sRGB is within 0..1: 14 X + 0.42, Y + 0.01, B - Y +
/// 0.55.
inline constexpr float x_stretch = 14;
inline constexpr std::array<float, 3> xyb_offset = {0.42F, 0.01F, 0.55F};

/// All of Rec. 2020 is within 0..1, too. Values of linear samples beyond these limits are clipped.
inline constexpr float xyb_lowest = -0.5F;
inline constexpr float xyb_highest = 1.5F - 1.0F / 32768;

}  // namespace imgmill::quality
