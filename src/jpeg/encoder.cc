#include "jpeg/encoder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/try.h"
#include "jpeg/chroma.h"
#include "jpeg/quality.h"
#include "jpeg/quantiser.h"
#include "jpeg/reader.h"
#include "jpeg/writer.h"

namespace imgmill::jpeg {
namespace {

// The axes along which the chroma of `source` has full resolution, if it can be subsampled.
std::optional<Axes> full_axes(const Picture& source) {
  if (source.planes.size() != 3 || source.chroma == Chroma::none) return std::nullopt;
  const Plane& luma = source.planes[0];
  const Plane& chroma = source.planes[1];
  const Plane& other = source.planes[2];
  if (chroma.across != other.across || chroma.down != other.down) return std::nullopt;
  const bool across = luma.across == chroma.across;
  const bool down = luma.down == chroma.down;
  if ((!across && luma.across != 2 * chroma.across) || (!down && luma.down != 2 * chroma.down)) {
    return std::nullopt;
  }
  if (!across && !down) return std::nullopt;
  return Axes{across, down};
}

bool should_halve(const Picture& source, const Axes& axes, const EncoderSettings& settings) {
  // From this quality on, full-resolution chroma scores more for its bytes in most pictures.
  constexpr int fine_quality = 93;
  constexpr double seen_share = 0.01;
  if (settings.quality >= fine_quality) return false;
  const Steps steps = steps_for(settings.quality, Channel::halved_chroma);
  return share_with_detail(source.planes[1], steps, axes.across, axes.down) < seen_share &&
         share_with_detail(source.planes[2], steps, axes.across, axes.down) < seen_share;
}

// The axes along which chroma is to be subsampled; nothing: it stays as it is.
std::optional<Axes> axes_to_halve(const Picture& source, const EncoderSettings& settings) {
  const std::optional<Axes> axes = full_axes(source);
  if (!axes) return std::nullopt;
  const bool halve =
      settings.halve_chroma ? *settings.halve_chroma : should_halve(source, *axes, settings);
  return halve ? axes : std::nullopt;
}

Channel channel_of(const Picture& source, std::size_t index, bool halve) {
  if (!source.is_chroma(index)) return Channel::luma;
  const Plane& luma = source.planes[0];
  const Plane& plane = source.planes[index];
  const bool full = plane.across == luma.across && plane.down == luma.down;
  return full && !halve ? Channel::full_chroma : Channel::halved_chroma;
}

}  // namespace

const Plane& Coarsener::halved_chroma(std::size_t index, bool across, bool down) {
  std::optional<Plane>& kept = halved_[index - 1];
  if (!kept) kept = halved(source_->planes[index], across, down);
  return *kept;
}

Picture requantised(const Picture& source, const EncoderSettings& settings) {
  return Coarsener(source).requantised(settings);
}

Picture Coarsener::requantised(const EncoderSettings& settings) {
  const Picture& source = *source_;
  Picture out{.width = source.width,
              .height = source.height,
              .chroma = source.chroma,
              .segments = source.segments};
  const std::optional<Axes> axes = axes_to_halve(source, settings);
  const bool halve = axes.has_value();
  for (std::size_t i = 0; i < source.planes.size(); ++i) {
    const Plane& plane = source.planes[i];
    const Channel channel = channel_of(source, i, halve);
    const Steps wanted = steps_for(settings.quality, channel);
    RdWeights rd = rd_weights_for(settings.quality, channel);
    if (settings.effort == CodingEffort::quick) rd.bit_price = 0;
    if (halve && i > 0) {
      out.planes.push_back(
          quantise(halved_chroma(i, axes->across, axes->down), wanted, wanted, rd));
    } else {
      const bool from_file = plane.unit == 1;
      const Steps steps = from_file ? with_regard_to(plane.steps, wanted) : wanted;
      out.planes.push_back(quantise(plane, steps, wanted, rd));
    }
    if (halve) out.planes.back().across = out.planes.back().down = i == 0 ? 2 : 1;
  }
  return out;
}

PlainEncoder::PlainEncoder(std::uint32_t width, std::uint32_t height, const Picture& model)
    : made_{.width = width, .height = height, .chroma = model.chroma} {
  for (std::size_t i = 0; i < model.planes.size(); ++i) {
    const Plane& like = model.planes[i];
    const Axes halve{.across = i > 0 && 2 * like.across == model.planes[0].across,
                     .down = i > 0 && 2 * like.down == model.planes[0].down};
    Plane plane;
    plane.across = like.across;
    plane.down = like.down;
    plane.id = static_cast<std::uint8_t>(i + 1);
    plane.blocks_wide = (width + 7) / 8;
    plane.blocks_high = (height + 7) / 8;
    if (halve.across) plane.blocks_wide = (plane.blocks_wide + 1) / 2;
    if (halve.down) plane.blocks_high = (plane.blocks_high + 1) / 2;
    plane.steps = like.steps;
    plane.allocate();
    made_.planes.push_back(std::move(plane));
    halve_.push_back(halve);
    done_.push_back(0);
  }
}

void PlainEncoder::add(const Samples& band) {
  const Picture fresh = forward_dct(band);
  for (std::size_t i = 0; i < fresh.planes.size(); ++i) {
    Plane& plane = made_.planes[i];
    const RdWeights rounded{.bit_price = 0};
    const Plane rows = halve_[i].across || halve_[i].down
                           ? quantise(halved(fresh.planes[i], halve_[i].across, halve_[i].down),
                                      plane.steps, plane.steps, rounded)
                           : quantise(fresh.planes[i], plane.steps, plane.steps, rounded);
    std::copy_n(rows.levels.get(), rows.blocks() * block_coefficients, plane.block(done_[i]));
    done_[i] += rows.blocks();
  }
}

ScanSearch scan_search(CodingEffort effort) {
  return effort == CodingEffort::thorough ? ScanSearch::whole : ScanSearch::sampled;
}

Result<Buffer> encode_jpeg(const Picture& source, const EncoderSettings& settings) {
  return write_jpeg(requantised(source, settings), scan_search(settings.effort));
}

Result<Buffer> encode_jpeg(const Samples& samples, const EncoderSettings& settings,
                           std::vector<Segment> segments) {
  SamplesEncoder encoder(samples, std::move(segments));
  return write_jpeg(encoder.quantised(settings), scan_search(settings.effort));
}

SamplesEncoder::SamplesEncoder(const Samples& samples, std::vector<Segment> segments)
    : samples_(samples), own_(std::make_unique<Coefficients>(forward_dct(samples))) {
  own_->picture.segments = std::move(segments);
}

Picture SamplesEncoder::quantised(const EncoderSettings& settings) {
  EncoderSettings decided = settings;
  decided.halve_chroma = axes_to_halve(own_->picture, settings).has_value();
  if (!*decided.halve_chroma || settings.effort != CodingEffort::thorough) {
    return own_->coarsener.requantised(decided);
  }
  if (!sharp_) {
    sharp_ = std::make_unique<Coefficients>(forward_dct(samples_, Luma::for_halved_chroma));
    sharp_->picture.segments = own_->picture.segments;
  }
  return sharp_->coarsener.requantised(decided);
}

Result<void> check_jpeg(ByteView file, const Picture& picture) {
  if (holds_picture(file, picture)) return {};
  return fail(ErrorCode::internal, "the JPEG that was written does not hold what was measured",
              "please report this; the file was left as it is");
}

Result<Buffer> repack_jpeg(ByteView input, CodingEffort effort) {
  IMGMILL_TRY(const Picture picture, read_picture(input));
  return write_jpeg(picture,
                    effort == CodingEffort::thorough ? ScanSearch::whole : ScanSearch::guarded);
}

}  // namespace imgmill::jpeg
