#include "optimize/search/trials.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/try.h"

namespace imgmill {

Trials::Trials(Picture picture, const Codec& with, const EncodeOptions& by, const Aim& to,
               std::optional<FromFile> from)
    : codec(with),
      traits(*with.search),
      options(by),
      aim(to),
      file(std::move(from)),
      whole(std::move(picture), with, file ? file->encode : PictureEncoder{}) {
  if (file && !file->scores.empty()) own_curve.emplace(file->scores);
}

EncodeOptions Trials::at(double quality, Draft draft) const {
  EncodeOptions lossy = options;
  lossy.quality = quality;
  lossy.lossless = false;
  lossy.draft = draft;
  lossy.dither = dither;
  lossy.halve_chroma = halve_chroma;
  return lossy;
}

// When coefficients are requantised, a try takes half the time that it takes from pixels.
double Trials::near_enough() const {
  switch (options.effort) {
    case Effort::fast:
      return file ? 2 : 1.5;
    case Effort::balanced:
      return file ? 1.6 : traits.near_enough;
    case Effort::max:
      return 0.2;
  }
  return 1;
}

double Trials::usual_guess(const std::optional<ScoreCurve::Point>& seen) const {
  // How much better pictures like this one score than usual, if known.
  const double better = seen && !own_curve ? seen->score - curve().score_at(seen->quality) : 0;
  return curve().quality_for(wanted() - better);
}

QualityBracket::Plan Trials::plan_from(double guess) const {
  // The tests for earlier loss and the lossless attempt take one encoding each.
  const int others = (aim.lost_before ? 1 : 0) + (codec.info.lossless ? 1 : 0);
  return {.target = std::max(*aim.target, std::min(*aim.target + sure, 99.9)),
          .low = lowest_quality,
          .high = traits.highest_quality,
          .guess = guess,
          .step = traits.quality_step,
          .most_tries = most_encodes - others,
          .near_enough = near_enough(),
          .bend = bend()};
}

Result<double> Trials::worth(TrialEncoder& trial, const EncodeOptions& encode_options,
                             double point) {
  IMGMILL_TRY(Encoding encoding, trial.encoded(encode_options));
  IMGMILL_TRY(const ByteView bytes, encoding.bytes());
  ++tally.probes;
  IMGMILL_TRY(const Rating rating, trial.rate(encoding));
  return rating.reaches() - std::log(static_cast<double>(bytes.size())) / point;
}

Result<Encoding> Trials::encoded(const EncodeOptions& encode_options) {
  IMGMILL_TRY(Encoding encoding, whole.encoded(encode_options));
  ++(encode_options.draft == Draft::yes ? tally.probes : tally.encodes);
  return encoding;
}

Result<Rating> Trials::rate(Encoding& encoding) {
  IMGMILL_TRY(const Rating rating, whole.rate(encoding));
  if (!highest || rating.reaches() > highest->reaches()) highest = rating;
  return rating;
}

Result<std::size_t> Trials::measure(Encoding& encoding, double quality) {
  IMGMILL_TRY(const ByteView bytes, encoding.bytes());
  sizes.push_back({quality, static_cast<double>(bytes.size())});
  return bytes.size();
}

void Trials::keep(Encoding encoding, double quality, const Rating& rating) {
  encoding.forget_shown();
  best.emplace(std::move(encoding), quality, rating);
}

Result<SearchResult> Trials::finished() {
  IMGMILL_CHECK(best->encoding.settle());
  // Free memory first: writing and reading back need their own.
  whole.release();
  sample.reset();
  file.reset();
  Judgement judgement{.score = best->rating.score,
                      .target = aim.target,
                      .quality = static_cast<int>(std::lround(best->quality)),
                      .encodes = tally.encodes,
                      .probes = tally.probes};
  IMGMILL_TRY(Buffer bytes, std::move(best->encoding).take());
  return SearchResult{std::move(bytes), std::move(judgement)};
}

}  // namespace imgmill
