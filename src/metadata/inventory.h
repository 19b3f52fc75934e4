// Inventory of everything in a file, and the fate of each piece.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgmill/buffer.h"
#include "imgmill/format.h"
#include "imgmill/result.h"
#include "imgmill/settings.h"

namespace imgmill {

/// The kind of a piece.
enum class Content : std::uint8_t {
  picture,          ///< the main picture, its transparency, and all that is needed to display it
  colour,           ///< colour information: profile, code points, gamma
  frame,            ///< a further frame or page
  preview,          ///< derived from the picture: thumbnails, reduced images
  auxiliary,        ///< part of the picture: gain map, depth map, matte
  further_picture,  ///< independent pictures: layers, views, SubIFDs, hidden items
  motion_video,     ///< the video of a motion photo
  exif,
  xmp,
  iptc,
  copyright,
  comment,
  resolution,
  application,  ///< known data of programs and cameras that does not affect the picture
  credentials,  ///< a C2PA manifest, which is valid for exactly these bytes
  trailing,     ///< unrecognized bytes after the end
  padding,      ///< meaningless bytes
  unknown,      ///< an unrecognized block, tag, box or chunk
  bound,        ///< the same, or layers, that become invalid when the picture data changes
};
[[nodiscard]] std::string_view name_of(Content content);

/// One piece. Refers to the file's bytes.
struct Holding {
  Content content = Content::unknown;
  std::string name;  ///< for display: "chunk 'vpAg'", "SubIFD 160 x 120"
  ByteView bytes;    ///< its location; for a scattered piece the first part, or empty
  PrivateData holds;
};

/// Returns the pieces of `file` in file order; for a damaged file those that can be read. Never
/// reads outside `file`; takes no more memory than a small multiple of the number of pieces.
/// Thread-safe.
[[nodiscard]] std::vector<Holding> inventory_of(ByteView file, Format format);

/// How an output is produced.
enum class Way : std::uint8_t {
  strip,    ///< the same picture data without metadata
  repack,   ///< picture data of the same file repacked or requantized; everything around it is kept
  encode,   ///< the same picture encoded again in the same format, from pixels only
  convert,  ///< another format or another size: only the picture was asked for
};

enum class Fate : std::uint8_t {
  carried,  ///< kept in the output
  dropped,  ///< removed by the policy, or meaningless for the changed picture
  told,     ///< removed, and reported to the user
  neither,  ///< must not be removed but cannot be carried: the file must stay as it is
};

/// Decides the fate of each kind of content; the only place that does. `format` is the input's.
[[nodiscard]] Fate fate_of(Content content, Format format, const Keep& keep, Way way);

/// Returns the distinct names of pieces that prevent `way`; empty if there are none.
[[nodiscard]] std::vector<std::string> obstacles(const std::vector<Holding>& inventory,
                                                 Format format, const Keep& keep, Way way);

/// Returns the names of pieces whose removal is reported to the user.
[[nodiscard]] std::vector<std::string> told_losses(const std::vector<Holding>& inventory,
                                                   Format format, const Keep& keep, Way way);

/// Returns the private data in `inventory` that an output under `keep` must not contain.
[[nodiscard]] PrivateData private_against(const std::vector<Holding>& inventory, const Keep& keep);

/// Checks that everything that had to be carried from `before` is in `after`, byte for byte.
/// Returns the name of the first missing piece, or none. For unrecognized blocks, further pictures
/// and trailing data.
[[nodiscard]] std::optional<std::string> lost_between(const std::vector<Holding>& before,
                                                      const std::vector<Holding>& after,
                                                      Format format, const Keep& keep, Way way);

/// Returns `encoded`, an encoder's new file of the same format as `original`, with those
/// unrecognized pieces of the original inserted that must be carried (see fate_of with
/// Way::encode), and with its trailing bytes. Errors: bad_input.
[[nodiscard]] Result<Buffer> carry_unknown(ByteView original, Buffer encoded, Format format,
                                           const Keep& keep);

}  // namespace imgmill
