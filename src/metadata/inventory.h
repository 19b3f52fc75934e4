// Everything that a file holds, and what becomes of each piece of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/format.h"
#include "imgmill/result.h"
#include "imgmill/settings.h"

namespace imgmill {

/// What a piece of a file is.
enum class Content : std::uint8_t {
  picture,          ///< the main picture, its transparency, whatever shows it
  colour,           ///< what its numbers mean: profile, code points, gamma
  frame,            ///< a further frame or page
  preview,          ///< made from the picture: thumbnails, reduced images
  auxiliary,        ///< belongs to the picture: gain map, depth map, matte
  further_picture,  ///< one of its own: layers, views, SubIFDs, hidden items
  motion_video,     ///< the video of a motion photo
  exif,
  xmp,
  iptc,
  copyright,
  comment,
  resolution,
  application,  ///< known data of programs and cameras that shows nothing
  credentials,  ///< a C2PA manifest, which holds for these very bytes
  trailing,     ///< bytes behind the end that mean nothing to us
  padding,      ///< bytes of no meaning
  unknown,      ///< a block, tag, box or chunk that is not understood
  bound,        ///< the same, or layers, that must not outlive a change of the picture's data
};
[[nodiscard]] std::string_view name_of(Content content);

/// One piece. Refers to the file's bytes.
struct Holding {
  Content content = Content::unknown;
  std::string name;  ///< for people: "chunk 'vpAg'", "SubIFD 160 x 120"
  ByteView bytes;    ///< where it stands; of a scattered one the first part, or nothing
  PrivateData holds;
};

/// What `file` is made of, in its order. Of a damaged file what can be read. Never reads outside
/// `file`; takes no more memory than a small multiple of the number of pieces. Thread-safe.
[[nodiscard]] std::vector<Holding> inventory_of(ByteView file, Format format);

/// How an output comes about.
enum class Way : std::uint8_t {
  strip,    ///< the same picture data; metadata is taken out
  repack,   ///< picture data of the same file packed anew or made coarser, the rest around it kept
  encode,   ///< the same picture in the same format by an encoder that knows pixels only
  convert,  ///< another format, or another size: what was asked for is the picture
};

enum class Fate : std::uint8_t {
  carried,  ///< it is in the output
  dropped,  ///< the policy names it, or it means nothing once the picture has changed
  told,     ///< dropped, and people are told so
  neither,  ///< nobody said that it may go, and it cannot come along: the file must stay as it is
};

/// The one place that decides. `format` is the input's.
[[nodiscard]] Fate fate_of(Content content, Format format, const Keep& keep, Way way);

/// Names of what stands in the way of going `way`, each once; empty: nothing does.
[[nodiscard]] std::vector<std::string> obstacles(const std::vector<Holding>& inventory,
                                                 Format format, const Keep& keep, Way way);

/// Names of what goes with people being told so.
[[nodiscard]] std::vector<std::string> told_losses(const std::vector<Holding>& inventory,
                                                   Format format, const Keep& keep, Way way);

/// What of `inventory` is private and has no place in an output under `keep`.
[[nodiscard]] PrivateData private_against(const std::vector<Holding>& inventory, const Keep& keep);

/// Whether everything that had to be carried from `before` is found, byte for byte, in `after`;
/// the name of the first piece that is missing, or nothing. For blocks that are not understood,
/// further pictures and trailing data.
[[nodiscard]] std::optional<std::string> lost_between(const std::vector<Holding>& before,
                                                      const std::vector<Holding>& after,
                                                      Format format, const Keep& keep, Way way);

/// `encoded`, an encoder's fresh file of the same format as `original`, with those pieces of the
/// original put in that are not understood and must be carried (see fate_of with Way::encode), and
/// bytes behind its end. Errors: bad_input.
[[nodiscard]] Result<Buffer> carry_unknown(ByteView original, Buffer encoded, Format format,
                                           const Keep& keep);

}  // namespace imgmill
