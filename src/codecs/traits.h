// Properties of a format that decisions depend on: part of its row in the table.
#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "codecs/score_curve.h"

namespace imgmill {

/// How far a sample of a picture's tiles (optimize/search/sample.h) guides the search for a score.
enum class SampleUse {
  none,         ///< the encoder distributes bits over the whole picture, so tiles tell little
  first_guess,  ///< encoding takes so long that the curve, which costs nothing, guides the rest
  throughout,   ///< scores jump between qualities, and the sample's jump in the same way
};

/// How an encoder responds to its quality number: everything that a search for a score or a size
/// needs to know about it.
struct SearchTraits {
  double highest_quality = 100;  ///< higher qualities change next to nothing
  double quality_step = 1;       ///< step between distinct qualities; a power of two
  /// Typical scores by quality, as measured by imgmill_score_curves; `./run bench fit` fits the
  /// curves to other pictures. Gives a search its starting point. Features of the picture are not
  /// used: in addition to a draft they reduced the error on unseen pictures by at most 9%.
  ScoreCurve scores;
  /// Typical sizes, as a curve on which the smallest comes last: its "quality" is 101 minus the
  /// encoder's, its "score" the negative natural logarithm of the size relative to the size at a
  /// quality of 75.
  ScoreCurve sizes;
  SampleUse sample = SampleUse::none;
  /// A draft is so much faster than the real encoding that trying one first pays off.
  bool drafts_pay = false;
  /// Points of bias_of_draft(), by the draft's score; empty: none.
  std::span<const ScoreCurve::Point> draft_bias{};
  /// Tolerance above the target at balanced effort, in points: the most that another try could
  /// still save. A point is worth three (a palette) to eight percent of the bytes (JPEG, WebP), and
  /// a try takes a third of the time.
  double near_enough = 1;
  bool chooses_chroma = false;  ///< `EncodeOptions::halve_chroma` is a choice of the search
  /// Below lossless, the encoder reduces the picture to a palette: one with at most 256 colours
  /// fits exactly, drafts have the final pixels, and `EncodeOptions::dither` is a choice.
  bool palette = false;
  /// Encoding again takes a twentieth of the time that it takes to rate the result.
  bool encodes_quickly = false;

  /// By how much the real encoding usually exceeds a draft that scores `score`.
  [[nodiscard]] double bias_of_draft(double score) const {
    if (draft_bias.empty()) return 0;
    return ScoreCurve(draft_bias)
        .score_at(std::clamp(score, draft_bias.front().quality, draft_bias.back().quality));
  }
};

/// When --format auto tries a format for one kind of picture.
struct Preference {
  enum class Condition {
    always,
    last,        ///< only if no other format can hold the picture
    superseded,  ///< not if one that `supersedes` is tried, unless the input has this format
    supersedes,
  };
  int order = 0;  ///< usually smallest first, so that the others are soon found to be larger; 0:
                  ///< never tried
  Condition condition = Condition::always;
};

/// The place of a format in the choice among all, by kind of picture.
struct ChoiceTraits {
  Preference lossless;
  Preference drawing;
  Preference photograph;
};

/// Memory to make a file from pixels with three 8-bit samples in memory, in bytes per pixel.
/// Includes the pixels, the encoder's buffers, what a search keeps of the original and its
/// candidates, and the verification of the result.
struct EncodeMemory {
  double fixed = 0;     ///< at a given quality
  double searched = 0;  ///< in a search for a score
  double lossless = 0;
};

/// Peak memory of a format's encoder and decoder, as measured by the tests `MemoryNeed.*`.
struct MemoryTraits {
  EncodeMemory encode;                      ///< unused for formats that are not written
  std::optional<EncodeMemory> transparent;  ///< of pictures with transparency, if different
  std::optional<EncodeMemory> moving;       ///< of animations whose frames are processed singly
  /// Bytes per pixel by which a search takes less for a `large_picture` without transparency.
  double spared = 7;
  double beside_pixels = 1;  ///< of the decoder besides the pixels it returns, in bytes per pixel
  /// Memory of the encoder that does not grow with the picture, without and with a search, in
  /// bytes; small pictures use at most `base_of_pixel` bytes of it per pixel.
  double base = 0;
  double base_searched = 0;
  double base_of_pixel = 0;
};

/// How a format stores what belongs to the picture.
struct FileTraits {
  bool embeds_metadata = false;  ///< see EncodeOptions::metadata
  /// Its own packer rewrites the image data and leaves all other pieces of the file in place.
  bool repacks = false;
  /// EXIF's orientation tag counts. AVIF, HEIC and JPEG XL rotate pictures by properties of their
  /// own, which decoders apply; their EXIF tag must be ignored (MIAF; ISO/IEC 18181-2). TIFF's tag
  /// is in its header.
  bool exif_turns = false;
  bool writes_orientation = true;  ///< a new encoding can be tagged instead of turned
  bool resolution = false;         ///< there is a field for the resolution besides EXIF
  bool code_points = false;        ///< code points (CICP) are copied into a new encoding
  bool hidden_colours = true;      ///< fully transparent pixels keep their colours
};

}  // namespace imgmill
