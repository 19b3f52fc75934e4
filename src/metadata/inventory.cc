#include "metadata/inventory.h"

#include <fmt/format.h>

#include <algorithm>

#include "metadata/bytes.h"
#include "metadata/containers.h"

namespace imgmill {
namespace {

using metadata::keeps_everything;
using metadata::keeps_nothing;

// True if newly encoded files accept blocks of the old file unchanged (carry_unknown()).
bool takes_foreign_blocks(Format format) {
  const Container* container = container_of(format);
  return container != nullptr && container->takes_foreign;
}

// The fate of content that has its own flag in the policy.
Disposition by_policy(bool keep, Format format, Way way) {
  if (!keep) return Disposition::dropped;
  // The TIFF encoder supports neither EXIF nor comments.
  return way == Way::encode && format == Format::tiff ? Disposition::neither : Disposition::carried;
}

// A block that imgmill does not understand.
Disposition of_foreign(Format format, const Keep& keep, Way way) {
  if (keeps_nothing(keep) || way == Way::convert) return Disposition::told;
  if (way == Way::encode && !takes_foreign_blocks(format)) return Disposition::neither;
  return Disposition::carried;
}

// Pieces that are matched by their bytes.
bool is_opaque(Content content) {
  return content == Content::unknown || content == Content::bound || content == Content::trailing ||
         content == Content::auxiliary || content == Content::further_picture;
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

std::vector<std::string> names_with(Disposition fate, const std::vector<Holding>& inventory,
                                    Format format, const Keep& keep, Way way) {
  // The list is for display.
  constexpr std::size_t most = 4;
  std::vector<std::string> names;
  for (const Holding& holding : inventory) {
    if (fate_of(holding.content, format, keep, way) != fate) continue;
    if (names.size() == most) {
      add_once(names, "more");
      break;
    }
    add_once(names, holding.name);
  }
  return names;
}

}  // namespace

std::string_view name_of(Content content) {
  switch (content) {
    case Content::picture:
      return "picture";
    case Content::colour:
      return "colour";
    case Content::frame:
      return "frame";
    case Content::preview:
      return "preview";
    case Content::auxiliary:
      return "auxiliary picture";
    case Content::further_picture:
      return "further picture";
    case Content::motion_video:
      return "motion video";
    case Content::exif:
      return "exif";
    case Content::xmp:
      return "xmp";
    case Content::iptc:
      return "iptc";
    case Content::copyright:
      return "copyright";
    case Content::comment:
      return "comment";
    case Content::resolution:
      return "resolution";
    case Content::application:
      return "application data";
    case Content::credentials:
      return "content credentials";
    case Content::trailing:
      return "trailing data";
    case Content::padding:
      return "padding";
    case Content::unknown:
    case Content::bound:
      return "unknown";
  }
  return "unknown";
}

std::vector<Holding> inventory_of(ByteView file, Format format) {
  const Container* container = container_of(format);
  return container == nullptr ? std::vector<Holding>{} : container->list(file);
}

Disposition fate_of(Content content, Format format, const Keep& keep, Way way) {
  const bool changes = way != Way::strip;
  switch (content) {
    case Content::picture:
    case Content::colour:
    case Content::frame:
    case Content::resolution:
      return Disposition::carried;
    case Content::padding:
      return Disposition::dropped;
    case Content::preview:
      return changes || format == Format::jpeg ? Disposition::dropped : Disposition::carried;
    case Content::auxiliary:
      return !changes              ? Disposition::carried
             : way == Way::convert ? Disposition::told
                                   : Disposition::neither;
    case Content::further_picture:
      return changes ? Disposition::neither : Disposition::carried;
    case Content::motion_video:
      if (way == Way::convert || !keep.xmp) return Disposition::told;
      return way == Way::encode ? Disposition::neither : Disposition::carried;
    case Content::exif:
      return by_policy(keep.exif, format, way);
    case Content::xmp:
      return keep.xmp ? Disposition::carried : Disposition::dropped;
    case Content::iptc:
      return by_policy(keep.iptc, format, way);
    case Content::copyright:
      return keep.copyright || keep.comment ? Disposition::carried : Disposition::dropped;
    case Content::comment:
      return by_policy(keep.comment, format, way);
    case Content::application:
      return keeps_everything(keep) ? of_foreign(format, keep, way) : Disposition::dropped;
    case Content::credentials:
      return Disposition::told;
    case Content::trailing:
    case Content::unknown:
      return of_foreign(format, keep, way);
    case Content::bound:
      return !changes              ? Disposition::carried
             : way == Way::convert ? Disposition::told
                                   : Disposition::neither;
  }
  return Disposition::neither;
}

std::vector<std::string> obstacles(const std::vector<Holding>& inventory, Format format,
                                   const Keep& keep, Way way) {
  return names_with(Disposition::neither, inventory, format, keep, way);
}

std::vector<std::string> told_losses(const std::vector<Holding>& inventory, Format format,
                                     const Keep& keep, Way way) {
  return names_with(Disposition::told, inventory, format, keep, way);
}

PrivateData private_against(const std::vector<Holding>& inventory, const Keep& keep) {
  PrivateData found;
  for (const Holding& holding : inventory) {
    const bool asked_for = holding.content == Content::exif      ? keep.exif
                           : holding.content == Content::xmp     ? keep.xmp
                           : holding.content == Content::iptc    ? keep.iptc
                           : holding.content == Content::comment ? keep.comment
                                                                 : keeps_everything(keep);
    if (!asked_for) found |= holding.holds;
  }
  return found;
}

std::optional<std::string> lost_between(const std::vector<Holding>& before,
                                        const std::vector<Holding>& after, Format format,
                                        const Keep& keep, Way way) {
  const Container* container = container_of(format);
  const std::size_t head = container == nullptr ? 0 : container->free_head;
  std::vector<bool> taken(after.size());
  for (const Holding& piece : before) {
    if (!is_opaque(piece.content)) continue;
    if (fate_of(piece.content, format, keep, way) != Disposition::carried) continue;
    bool found = false;
    for (std::size_t i = 0; i < after.size() && !found; ++i) {
      if (taken[i] || after[i].content != piece.content) continue;
      if (piece.bytes.empty()) {
        found = after[i].name == piece.name;
        taken[i] = found;
        continue;
      }
      found = std::ranges::equal(metadata::from(after[i].bytes, head),
                                 metadata::from(piece.bytes, head));
      taken[i] = found;
    }
    if (!found) return piece.name;
  }
  return std::nullopt;
}

Result<Buffer> carry_unknown(ByteView original, Buffer encoded, Format format, const Keep& keep) {
  const Container* container = container_of(format);
  if (container == nullptr || container->carry == nullptr) return encoded;
  std::vector<Holding> carried;
  for (Holding& holding : container->list(original)) {
    const Content content = holding.content;
    const bool mine = content == Content::unknown || content == Content::application ||
                      content == Content::trailing || content == Content::comment ||
                      content == Content::copyright || content == container->carried_as_it_is;
    if (mine && !holding.bytes.empty() &&
        fate_of(content, format, keep, Way::encode) == Disposition::carried) {
      carried.push_back(std::move(holding));
    }
  }
  return carried.empty() ? std::move(encoded) : container->carry(encoded.view(), original, carried);
}

}  // namespace imgmill
