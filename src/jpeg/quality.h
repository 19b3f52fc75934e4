// Quality numbers and the quantisation steps they stand for.
#pragma once

#include "jpeg/planes.h"
#include "jpeg/quantiser.h"

namespace imgmill::jpeg {

/// The content of a plane. Chroma at half the resolution needs finer steps than full-resolution
/// chroma.
enum class Channel { luma, full_chroma, halved_chroma };

/// The quantisation steps of a channel at `quality`, 1..100. Quality 100 has steps of 1. A table is
/// a formula in the distance of a coefficient from DC, fitted against SSIMULACRA 2 (see
/// docs/adr/0013-jpeg.md). At the same number, photographs score about the same as mozjpeg's.
[[nodiscard]] Steps steps_for(double quality, Channel channel);

/// The parameters of rate-distortion optimization for a channel at `quality`; at 100 levels are
/// rounded.
[[nodiscard]] Worth worth_of(double quality, Channel channel);

/// `wanted`, adjusted to the steps with which a picture has already been quantised: a finer step
/// than the old one gains nothing, and one slightly coarser loses much and saves little.
[[nodiscard]] Steps with_regard_to(const Steps& old, const Steps& wanted);

/// The quality 1..100 whose luma table is closest to `steps`: a scaling of the example table of
/// ITU-T T.81 Annex K (libjpeg and its many derivatives) or of Nicolas Robidoux's table (mozjpeg's
/// default), by libjpeg's scaling rule, or one of ours.
[[nodiscard]] int estimate_quality(const Steps& steps);

/// True if the luma `steps`, as far as they distinguish qualities, are exactly those that libjpeg
/// and its derivatives derive from the example table of Annex K at a quality 1..98. Our own tables
/// never are; one of theirs that was made coarser here hardly ever is.
[[nodiscard]] bool is_example_table(const Steps& steps);

}  // namespace imgmill::jpeg
