#include "optimize/candidates/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/file_names.h"
#include "base/try.h"
#include "codecs/svg.h"
#include "quality/judge.h"
#include "svg/cleaner.h"
#include "svg/gzip.h"
#include "svg/reader.h"
#include "svg/sprite.h"
#include "svg/traits.h"
#include "svg/writer.h"

namespace imgmill {
namespace {

// Two sizes that are not multiples of each other or of usual icon sizes, so that edges fall on
// different pixels in each.
constexpr std::array<std::uint32_t, 2> sides = {480, 199};

// For the metric, 90 means "indistinguishable, even when flickering in one place". It is strict
// with drawings, where all differences are on sharp edges: pixels that differ by one level of 255
// in places cost it 2.5 points, and icons whose points moved by a fiftieth of a pixel score 93 to
// 97 (a handful of icons of Adwaita and Papirus). The per-pixel bound below ensures that nothing is
// missing or misplaced.
constexpr double least_score = 90;

// No single pixel may change by more than this (of 255, with premultiplied alpha): a point that
// moves by a twenty-thousandth of the side moves an edge by a fortieth of a pixel, 6 levels of 255,
// and a few edges may meet in one pixel. A missing dot changes more.
constexpr int most_difference = 32;

struct Difference {
  int most = 0;
  bool blank = true;
};

// Compares two RGBA pictures of one size in memory. Colours are weighted by alpha.
Difference difference(const Picture& one, const Picture& other) {
  const auto* a = static_cast<const std::uint8_t*>(one.image.data());
  const auto* b = static_cast<const std::uint8_t*>(other.image.data());
  const std::size_t pixels = std::size_t{one.width()} * one.height();
  Difference found;
  for (std::size_t i = 0; i < pixels; ++i, a += 4, b += 4) {
    found.blank = found.blank && a[3] == 0 && b[3] == 0;
    found.most = std::max(found.most, std::abs(a[3] - b[3]));
    for (int band = 0; band < 3; ++band) {
      const int seen = (a[band] * a[3] - b[band] * b[3]) / 255;
      found.most = std::max(found.most, std::abs(seen));
    }
  }
  return found;
}

ByteView as_view(const std::string& text) { return std::as_bytes(std::span(text)); }

/// The renderings of a file. Files with text are drawn without it, since fonts are files, which a
/// worker cannot open, and other machines have other fonts. Symbols that only pages draw are
/// included.
class Drawable {
 public:
  Drawable(ByteView bytes, const svg::Document& document, bool text) {
    const auto shown = [&](const svg::Document& one) {
      return svg::write(text ? svg::without_text(one) : one);
    };
    for (const svg::Document& sheet : svg::sheets_of_symbols(document)) {
      drawings_.push_back(shown(sheet));
    }
    // A sprite itself may have no size at which it could be drawn.
    if (!drawings_.empty() && svg::shows_nothing(document)) return;
    if (text) {
      drawings_.push_back(shown(document));
    } else {
      whole_ = bytes;
    }
  }
  Drawable(const Drawable&) = delete;
  Drawable& operator=(const Drawable&) = delete;

  [[nodiscard]] std::vector<ByteView> drawings() const {
    std::vector<ByteView> all;
    for (const std::string& drawing : drawings_) all.push_back(as_view(drawing));
    if (!whole_.empty()) all.push_back(whole_);
    return all;
  }

 private:
  std::vector<std::string> drawings_;
  ByteView whole_;
};

Result<Likeness> likeness(const Drawable& original, const Drawable& other) {
  const std::vector<ByteView> before = original.drawings();
  const std::vector<ByteView> after = other.drawings();
  if (before.size() != after.size()) {
    return fail(ErrorCode::internal, "cleaning changed what can be drawn");
  }
  Likeness all{.blank = true};
  for (std::size_t i = 0; i < before.size(); ++i) {
    IMGMILL_TRY(const Likeness one, imgmill::likeness(before[i], after[i]));
    all.score = std::min(all.score, one.score);
    all.blank = all.blank && one.blank;
  }
  return all;
}

/// One original, for comparison with anything derived from it.
class Inspection {
 public:
  Inspection(const Source& source, const svg::Document& document)
      : traits_(svg::traits_of(document)),
        original_(source.bytes, document, traits_.text),
        signature_(traits_.text ? svg::text_signature(document) : std::string()) {}

  /// The similarity of `made`; unsupported if it is not what was intended.
  [[nodiscard]] Result<Likeness> look(const std::string& made) const {
    IMGMILL_TRY(const svg::Document again, svg::read(as_view(made)));
    if (traits_.text && svg::text_signature(again) != signature_) {
      return fail(ErrorCode::internal, "cleaning changed a text");
    }
    const Drawable drawable(as_view(made), again, traits_.text);
    return likeness(original_, drawable);
  }

 private:
  svg::Traits traits_;
  Drawable original_;
  std::string signature_;
};

bool good_enough(const Likeness& found, svg::CleaningEffort effort, const ImageSettings& settings) {
  if (effort == svg::CleaningEffort::round || effort == svg::CleaningEffort::round_less) {
    const double target = settings.target ? settings.target->score : 0;
    // If nothing is visible, the effect of rounding cannot be checked.
    return !found.blank && found.score >= std::max(least_score, target);
  }
  return found.score >= 100;
}

bool may_round(const ImageSettings& settings) {
  return settings.compression == Compression::lossy &&
         (!settings.target || settings.target->score < 100);
}

// Adds notes about requests that cannot be applied to a drawing.
void note_what_stays(const Source& source, const ImageSettings& settings, Optimized& out) {
  if (settings.output_format && *settings.output_format != Format::svg) {
    out.notes.push_back(fmt::format("a drawing stays SVG: as {} it would no longer scale",
                                    upper_name(*settings.output_format)));
  }
  if (settings.resize.mode != ResizeMode::none) {
    out.notes.emplace_back("a drawing has no pixels to resize");
  }
  if (!settings.crop.none()) out.notes.emplace_back("a drawing has no pixels to cut off");
  (void)source;
}

}  // namespace

Result<Likeness> likeness(ByteView original, ByteView other) {
  Likeness result{.blank = true};
  for (const std::uint32_t side : sides) {
    IMGMILL_TRY(const Picture before, drawn(original, side));
    IMGMILL_TRY(const Picture after, drawn(other, side));
    if (before.width() != after.width() || before.height() != after.height() ||
        before.image.bands() != 4 || after.image.bands() != 4 ||
        before.image.format() != VIPS_FORMAT_UCHAR || after.image.format() != VIPS_FORMAT_UCHAR) {
      return fail(ErrorCode::unsupported, "the drawings differ in size");
    }
    const Difference found = difference(before, after);
    result.blank = result.blank && found.blank;
    if (found.most == 0) continue;
    if (found.most > most_difference) {
      return fail(ErrorCode::unsupported,
                  fmt::format("a pixel differs by {} of 255 when drawn", found.most));
    }
    IMGMILL_TRY(Judge judge, Judge::create(before));
    IMGMILL_TRY(const Similarity seen, judge.score(after));
    // If pixels differ, the drawings are not identical, whatever the metric says.
    result.score = std::min({result.score, seen.score, std::nextafter(100.0, 0.0)});
  }
  return result;
}

Result<Optimized> cleaned_drawing(const Source& source, const ImageSettings& settings) {
  // A kept file stays compressed as it was.
  const auto packed = [&](ByteView text) {
    return source.gzipped ? svg::gzipped(text) : Buffer::copy_of(text);
  };
  Optimized out{
      {.decision = Decision::kept, .width = source.info.width, .height = source.info.height},
      Format::svg,
      Format::svg,
      Buffer::copy_of(source.file)};
  out.judgement.score = 100;
  if (settings.target) out.judgement.target = settings.target->score;
  note_what_stays(source, settings, out);

  const Result<svg::Document> document = svg::read(source.bytes);
  if (!document) {
    if (document.error().code() == ErrorCode::bad_input) return std::unexpected(document.error());
    out.notes.push_back(fmt::format("left alone: {}", document.error().message()));
    return out;
  }
  const Inspection inspection(source, *document);
  svg::CleaningEffort effort =
      may_round(settings) ? svg::CleaningEffort::round : svg::CleaningEffort::exact;
  std::string why;
  for (;;) {
    svg::Cleaned cleaned = svg::clean(*document, effort, settings.keep);
    effort = cleaned.effort;
    Buffer bytes = packed(as_view(cleaned.bytes));
    if (bytes.size() >= source.file.size()) break;
    const Result<Likeness> found = inspection.look(cleaned.bytes);
    ++out.judgement.encodes;
    if (found && good_enough(*found, effort, settings)) {
      out.bytes = std::move(bytes);
      out.judgement.score = found->score;
      out.decision = found->score < 100                         ? Decision::reencoded
                     : effort == svg::CleaningEffort::text_only ? Decision::stripped
                                                                : Decision::transcoded;
      break;
    }
    if (!found) why = found.error().message();
    if (effort == svg::CleaningEffort::text_only) {
      out.notes.push_back(
          fmt::format("left alone: {}", why.empty() ? "cleaned, it would not look the same" : why));
      break;
    }
    effort = static_cast<svg::CleaningEffort>(static_cast<int>(effort) + 1);
  }
  if (source.gzipped && out.decision == Decision::kept) {
    // The same text, compressed better.
    Buffer again = packed(source.bytes);
    if (again.size() < source.file.size()) {
      out.bytes = std::move(again);
      out.decision = Decision::transcoded;
    }
  }
  return out;
}

}  // namespace imgmill
