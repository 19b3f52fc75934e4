// Quality numbers and the steps they stand for.
#pragma once

#include "jpeg/planes.h"
#include "jpeg/quantiser.h"

namespace imgmill::jpeg {

/// What a plane shows. Chroma of half the resolution needs finer steps than full chroma.
enum class Channel { luma, full_chroma, halved_chroma };

/// The steps of a channel at `quality`, 1..100. Quality 100 has steps of 1. A table is a formula
/// in the distance of a coefficient from DC, fitted against SSIMULACRA 2 (see
/// docs/adr/0013-jpeg.md); photographs score at a number about what mozjpeg's score at it.
[[nodiscard]] Steps steps_for(double quality, Channel channel);

/// What errors of the channel are worth at `quality`; at 100 levels are rounded.
[[nodiscard]] Worth worth_of(double quality, Channel channel);

/// `wanted`, with regard to the steps a picture has been quantised with already: a finer step
/// than the old one gains nothing, and one little coarser loses much and saves little.
[[nodiscard]] Steps with_regard_to(const Steps& old, const Steps& wanted);

/// The quality 1..100 whose luma table is nearest to `steps`: a scaling of the example table of
/// ITU-T T.81 Annex K (libjpeg and its many children) or of Nicolas Robidoux's table (mozjpeg's
/// default), by libjpeg's scaling rule, or one of ours.
[[nodiscard]] int estimate_quality(const Steps& steps);

/// Whether `steps` of luma, as far as they tell qualities apart, are exactly what libjpeg and its
/// many children make of the example table of Annex K at a quality 1..98. Tables of ours never are;
/// one of theirs that was made coarser here hardly ever is.
[[nodiscard]] bool is_example_table(const Steps& steps);

}  // namespace imgmill::jpeg
