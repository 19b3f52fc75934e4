#include "metadata/isobmff.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/try.h"
#include "metadata/bytes.h"
#include "metadata/isobmff_boxes.h"
#include "metadata/tiff_view.h"
#include "metadata/xmp.h"

namespace imgmill {
namespace metadata {
namespace {

using std::string_view_literals::operator""sv;

// Alpha, depth, a few masks: more would cost time and does not occur in real files.
constexpr std::size_t most_auxiliaries = 16;

enum class ItemKind { picture, exif, xmp, text };

struct Item {
  std::uint64_t id = 0;
  ItemKind kind = ItemKind::picture;
  bool gain_map = false;
  bool elsewhere = false;      ///< derived from other items, stored in another file, or invalid
  std::vector<Range> extents;  ///< in the file
};

struct Meta {
  std::uint64_t primary = 0;
  std::vector<Item> items;
  Range idat;
  ByteView icc;                            ///< of the primary image
  std::optional<Nclx> nclx;                ///< of the primary image
  std::vector<std::uint64_t> auxiliaries;  ///< auxiliary images of the primary one
  bool premultiplied = false;
  std::vector<TurnBox> turns_of_both;
  bool sound = true;

  Item* find(std::uint64_t id) {
    const auto found = std::ranges::lower_bound(items, id, {}, &Item::id);
    return found == items.end() || found->id != id ? nullptr : &*found;
  }
};

struct Layout {
  bool avif = false;  ///< begins with an "ftyp" box
  bool sequence = false;
  bool sound = false;
  std::vector<Range> data;   ///< payloads of "mdat"
  std::vector<Box> foreign;  ///< "uuid" and "udta" boxes: private data of programs
  std::vector<Meta> metas;
};

void read_item_infos(const Box& box, ByteView file, Meta& meta) {
  if (box.payload.size() < 6) return;
  const std::size_t head = u8(box.payload, 0) == 0 ? 6 : 8;
  if (box.payload.size() < head) return;
  for_each_box(file, box.payload_at + head, box.end(), [&](const Box& info) {
    if (info.type != "infe") return;
    Reader reader(info.payload);
    const std::uint64_t version = reader.number(1);
    reader.number(3);
    if (version < 2) return;  // QuickTime's, which AVIF does not use
    Item item;
    item.id = reader.number(version == 2 ? 2 : 4);
    reader.number(2);  // protection
    const std::uint64_t type = reader.number(4);
    if (!reader.good()) return;
    const std::string_view name = as_text(info.payload.subspan(reader.position() - 4, 4));
    if (name == "Exif") item.kind = ItemKind::exif;
    item.gain_map = name == "tmap";
    if (type != 0 && name == "mime") {
      reader.text();  // the item's name
      const std::string_view mime = reader.text();
      item.kind = mime == "application/rdf+xml" ? ItemKind::xmp : ItemKind::text;
    }
    meta.items.push_back(std::move(item));
  });
  std::ranges::sort(meta.items, {}, &Item::id);
}

void read_locations(const Box& box, ByteView file, Meta& meta) {
  Reader reader(box.payload);
  const std::uint64_t version = reader.number(1);
  reader.number(3);
  const std::uint64_t sizes = reader.number(2);
  const std::size_t offset_size = sizes >> 12 & 0xF;
  const std::size_t length_size = sizes >> 8 & 0xF;
  const std::size_t base_size = sizes >> 4 & 0xF;
  const std::size_t index_size = version == 0 ? 0 : sizes & 0xF;
  const auto allowed = [](std::size_t size) { return size == 0 || size == 4 || size == 8; };
  if (version > 2 || !allowed(offset_size) || !allowed(length_size) || !allowed(base_size) ||
      !allowed(index_size) || offset_size + length_size == 0) {
    meta.sound = false;
    return;
  }
  const std::uint64_t count = reader.number(version < 2 ? 2 : 4);
  for (std::uint64_t i = 0; i < count && reader.good(); ++i) {
    Item* item = meta.find(reader.number(version < 2 ? 2 : 4));
    const std::uint64_t method = version == 0 ? 0 : reader.number(2) & 0xF;
    const std::uint64_t reference = reader.number(2);
    const std::uint64_t base = reader.number(base_size);
    const std::uint64_t extents = reader.number(2);
    for (std::uint64_t j = 0; j < extents && reader.good(); ++j) {
      reader.number(index_size);
      std::uint64_t offset = reader.number(offset_size);
      const std::uint64_t length = reader.number(length_size);
      if (item == nullptr || !reader.good()) continue;
      const ByteView space = method == 1 ? file.first(meta.idat.end) : file;
      const std::uint64_t start = method == 1 ? meta.idat.begin : 0;
      // Each sum is checked, so that none can overflow.
      const bool sane = method <= 1 && reference == 0 && base <= file.size() &&
                        offset <= file.size() && length <= file.size();
      offset += sane ? base + start : 0;
      if (!sane || !fits(space, offset, length)) {
        item->elsewhere = true;
      } else if (length > 0) {
        item->extents.push_back(
            {static_cast<std::size_t>(offset), static_cast<std::size_t>(offset + length)});
      }
    }
  }
  meta.sound = meta.sound && reader.good();
}

/// Reads references from and to the primary image ("iref").
void read_references(const Box& box, ByteView file, Meta& meta) {
  if (box.payload.size() < 4) return;
  const std::size_t id_size = u8(box.payload, 0) == 0 ? 2 : 4;
  for_each_box(file, box.payload_at + 4, box.end(), [&](const Box& part) {
    Reader reader(part.payload);
    const std::uint64_t from = reader.number(id_size);
    const std::uint64_t count = reader.number(2);
    for (std::uint64_t i = 0; i < count && reader.good(); ++i) {
      const std::uint64_t to = reader.number(id_size);
      if (!reader.good()) break;
      if (part.type == "auxl" && to == meta.primary) meta.auxiliaries.push_back(from);
      if (part.type == "prem" && from == meta.primary) meta.premultiplied = true;
    }
  });
}

/// Returns the property indices of an item, counted from 1.
std::vector<std::uint64_t> properties_of(const Box& box, std::uint64_t item) {
  std::vector<std::uint64_t> result;
  Reader reader(box.payload);
  const std::uint64_t version = reader.number(1);
  const std::uint64_t flags = reader.number(3);
  const std::uint64_t count = reader.number(4);
  for (std::uint64_t i = 0; i < count && reader.good(); ++i) {
    const std::uint64_t id = reader.number(version < 1 ? 2 : 4);
    const std::uint64_t associations = reader.number(1);
    for (std::uint64_t j = 0; j < associations && reader.good(); ++j) {
      const std::uint64_t index =
          (flags & 1) != 0 ? reader.number(2) & 0x7FFF : reader.number(1) & 0x7F;
      if (id == item) result.push_back(index);
    }
  }
  return result;
}

void read_colour(ByteView payload, Meta& meta) {
  const bool profile = starts_with(payload, "prof") || starts_with(payload, "rICC");
  if (profile && meta.icc.empty()) meta.icc = payload.subspan(4);
  if (starts_with(payload, "nclx") && payload.size() >= 11 && !meta.nclx) {
    meta.nclx = Nclx{u16be(payload, 4), u16be(payload, 6), u16be(payload, 8),
                     (u8(payload, 10) & 0x80) != 0};
  }
}

std::vector<TurnBox> turns_among(const std::vector<Box>& properties) {
  std::vector<TurnBox> turns;
  for (const Box& box : properties) {
    const bool usual = box.payload_at == box.begin + 8 && box.payload.size() == 1;
    if ((box.type != "irot" && box.type != "imir") || !usual) continue;
    const bool mirror = box.type == "imir";
    turns.push_back({box.begin, mirror, u8(box.payload, 0) & (mirror ? 1 : 3)});
  }
  return turns;
}

bool is_alpha(const std::vector<Box>& properties) {
  return std::ranges::any_of(properties, [](const Box& box) {
    const std::string_view text = as_text(box.payload);
    return box.type == "auxC" && (text.find(":alpha"sv) != std::string_view::npos ||
                                  text.find("hevc:2015:auxid:1"sv) != std::string_view::npos);
  });
}

void read_properties(const Box& box, ByteView file, Meta& meta) {
  std::vector<Box> properties;
  std::vector<Box> associations;
  for_each_box(file, box.payload_at, box.end(), [&](const Box& part) {
    if (part.type == "ipco") {
      for_each_box(file, part.payload_at, part.end(),
                   [&](const Box& property) { properties.push_back(property); });
    } else if (part.type == "ipma") {
      associations.push_back(part);
    }
  });
  const auto of = [&](std::uint64_t item) {
    std::vector<Box> found;
    for (const Box& part : associations) {
      for (const std::uint64_t index : properties_of(part, item)) {
        if (index != 0 && index <= properties.size()) found.push_back(properties[index - 1]);
      }
    }
    return found;
  };
  const std::vector<Box> primary = of(meta.primary);
  for (const Box& property : primary) {
    if (property.type == "colr") read_colour(property.payload, meta);
  }
  if (meta.auxiliaries.size() > most_auxiliaries) return;
  for (const std::uint64_t item : meta.auxiliaries) {
    const std::vector<Box> own = of(item);
    if (is_alpha(own) && turns_among(own).empty()) meta.turns_of_both = turns_among(primary);
  }
}

Meta read_meta(const Box& box, ByteView file) {
  Meta meta;
  if (box.payload.size() < 4) return meta;
  std::array<std::optional<Box>, 4> parts;  // in order of dependency
  constexpr std::array<std::string_view, 4> names{"iinf", "iloc", "iref", "iprp"};
  meta.sound = for_each_box(file, box.payload_at + 4, box.end(), [&](const Box& part) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (part.type == names[i] && !parts[i]) parts[i] = part;
    }
    if (part.type == "idat") meta.idat = {part.payload_at, part.end()};
    if (part.type == "pitm" && part.payload.size() >= 6) {
      const bool wide = u8(part.payload, 0) != 0 && part.payload.size() >= 8;
      meta.primary = wide ? u32be(part.payload, 4) : u16be(part.payload, 4);
    }
  });
  if (parts[0]) read_item_infos(*parts[0], file, meta);
  if (parts[1]) read_locations(*parts[1], file, meta);
  if (parts[2]) read_references(*parts[2], file, meta);
  if (parts[3]) read_properties(*parts[3], file, meta);
  return meta;
}

Layout parse(ByteView file) {
  Layout layout;
  const auto own_data = [&](const Box& box) {
    if (box.type == "uuid" || box.type == "udta") layout.foreign.push_back(box);
    // A file cannot have more than one of these per image or track.
    if (box.type == "meta" && layout.metas.size() < 64)
      layout.metas.push_back(read_meta(box, file));
  };
  layout.sound = for_each_box(file, 0, file.size(), [&](const Box& box) {
    own_data(box);
    if (box.type == "mdat") layout.data.push_back({box.payload_at, box.end()});
    if (box.type == "ftyp" && box.begin == 0) {
      layout.avif = true;
      for (std::size_t at = 0; at + 4 <= box.payload.size(); at += 4) {
        constexpr std::array sequences{"avis"sv, "hevc"sv, "hevx"sv, "hevm"sv, "hevs"sv};
        const std::string_view brand = as_text(box.payload.subspan(at, 4));
        if (at != 4 && std::ranges::find(sequences, brand) != sequences.end()) {
          layout.sequence = true;
        }
      }
    }
    if (box.type != "moov") return;
    for_each_box(file, box.payload_at, box.end(), [&](const Box& part) {
      own_data(part);
      if (part.type == "trak") for_each_box(file, part.payload_at, part.end(), own_data);
    });
  });
  return layout;
}

/// Items may refer to the same bytes repeatedly: `budget` bounds the bytes read.
Buffer contents(ByteView file, const Item& item, std::size_t& budget) {
  std::size_t total = 0;
  for (const Range& extent : item.extents) total += extent.end - extent.begin;
  if (item.elsewhere || total > budget) return {};
  budget -= total;
  ByteWriter out(total);
  for (const Range& extent : item.extents) {
    out.append(file.subspan(extent.begin, extent.end - extent.begin));
  }
  return out.take();
}

/// Returns the TIFF block in an Exif item, which begins with an offset to it. Empty for the block
/// without entries that `rewrite_avif` leaves.
Buffer exif_of(ByteView item) {
  if (item.size() < 4) return {};
  const std::uint64_t offset = std::uint64_t{4} + u32be(item, 0);
  ByteView block = offset < item.size() ? tiff_part(item.subspan(offset)) : ByteView{};
  if (block.empty()) block = tiff_part(item.subspan(4));  // a wrong offset is a common mistake
  const auto tiff = TiffView::open(block);
  const auto ifd = tiff ? tiff->ifd(tiff->first()) : std::nullopt;
  return ifd && !ifd->entries.empty() ? Buffer::copy_of(block) : Buffer{};
}

/// Returns the contents for an Exif item of `size` bytes, zero-padded.
Buffer exif_item(ByteView exif, std::size_t size) {
  constexpr auto nothing = "II*\0\x08\0\0\0\0\0\0\0\0\0"sv;  // a directory without entries
  const ByteView block = exif.empty() ? as_bytes(nothing) : exif;
  ByteWriter out(size);
  if (block.size() + 4 <= size) {
    out.zeros(4);
    out.append(block);
  }
  out.zeros(size - out.size());
  return out.take();
}

bool foreign_stays(const Box& box, const Keep& keep) {
  if (box.type == "udta") return keeps_everything(keep);
  return !starts_with(box.payload, c2pa_uuid) && !keeps_nothing(keep);
}

/// True if one of `outer`, which are sorted and disjoint, contains `range`.
bool inside_one(const std::vector<Range>& outer, const Range& range) {
  const auto after = std::ranges::upper_bound(outer, range.begin, {}, &Range::begin);
  return after != outer.begin() && range.end <= std::prev(after)->end;
}

}  // namespace

MetadataBlocks read_avif(ByteView file) {
  MetadataBlocks blocks;
  const Layout layout = parse(file);
  std::size_t budget = 2 * file.size();
  for (const Meta& meta : layout.metas) {
    if (blocks.icc.empty()) blocks.icc = Buffer::copy_of(meta.icc);
    for (const Item& item : meta.items) {
      if (item.kind == ItemKind::exif && blocks.exif.empty()) {
        blocks.exif = exif_of(contents(file, item, budget).view());
      } else if (item.kind == ItemKind::xmp && blocks.xmp.empty()) {
        Buffer xmp = contents(file, item, budget);
        const bool blank = as_text(xmp.view()).find_first_not_of(" \0"sv) == std::string_view::npos;
        if (!blank) blocks.xmp = std::move(xmp);
      } else if (item.kind == ItemKind::text) {
        add_once(blocks.others, "text");
      }
      if (item.gain_map) add_once(blocks.others, "gain map");
    }
  }
  if (!layout.foreign.empty()) add_once(blocks.others, "application data");
  return blocks;
}

Result<Rewritten> rewrite_avif(ByteView file, const Keep& keep, ByteView exif, ByteView xmp) {
  const Layout layout = parse(file);
  const bool sound = layout.avif && layout.sound && !layout.metas.empty() &&
                     std::ranges::all_of(layout.metas, &Meta::sound);
  if (!sound) {
    return fail(ErrorCode::bad_input, "the file is damaged or incomplete",
                "restore the file from a copy; it was left as it is");
  }
  Rewritten result;
  result.bytes = Buffer::copy_of(file);

  std::vector<Range> room = layout.data;  // where items may be overwritten
  std::vector<Range> pictures;            // where nothing may be overwritten
  for (const Meta& meta : layout.metas) {
    if (meta.idat.begin < meta.idat.end) room.push_back(meta.idat);
    for (const Item& item : meta.items) {
      if (item.kind == ItemKind::picture || item.kind == ItemKind::text) {
        pictures.insert(pictures.end(), item.extents.begin(), item.extents.end());
      }
    }
  }
  std::ranges::sort(room, {}, &Range::begin);
  std::ranges::sort(pictures, {}, &Range::begin);
  // The greatest end so far tells whether any earlier range overlaps.
  for (std::size_t i = 1; i < pictures.size(); ++i) {
    pictures[i].end = std::max(pictures[i].end, pictures[i - 1].end);
  }
  const auto over_picture = [&](const Range& range) {
    const auto after = std::ranges::lower_bound(pictures, range.end, {}, &Range::begin);
    return after != pictures.begin() && std::prev(after)->end > range.begin;
  };

  std::size_t budget = 2 * file.size();  // as in `contents`
  bool exif_written = exif.empty();
  for (const Meta& meta : layout.metas) {
    for (const Item& item : meta.items) {
      const bool is_exif = item.kind == ItemKind::exif;
      if (item.kind == ItemKind::text) add_once(result.notes, "metadata kept: text items");
      if (!is_exif && (item.kind != ItemKind::xmp || keep.xmp)) continue;
      std::size_t size = 0;
      for (const Range& extent : item.extents) {
        if (item.elsewhere || !inside_one(room, extent) || over_picture(extent)) {
          return fail(ErrorCode::unsupported,
                      "the file keeps metadata and picture in the same place",
                      "re-encode it instead");
        }
        size += extent.end - extent.begin;
      }
      if (item.elsewhere || size > budget) {
        add_once(result.notes, "metadata kept: an item outside the file");
        continue;
      }
      budget -= size;
      Buffer fresh = Buffer::uninitialised(size);
      std::ranges::fill(fresh.writable(), std::byte{' '});
      if (is_exif) {
        const bool enough = exif.size() + 4 <= size;
        exif_written = exif_written || enough;
        fresh = exif_item(enough ? exif : ByteView{}, size);
      } else if (!xmp.empty() && xmp.size() <= size) {
        fresh = padded_xmp(xmp, size);
      }
      std::size_t at = 0;
      for (const Range& extent : item.extents) {
        const std::size_t part = extent.end - extent.begin;
        std::ranges::copy(fresh.view().subspan(at, part),
                          result.bytes.writable().subspan(extent.begin).begin());
        at += part;
      }
    }
  }
  if (!exif_written) add_once(result.notes, "EXIF dropped: the file has no room for it");
  for (const Box& box : layout.foreign) {
    if (foreign_stays(box, keep)) continue;
    std::ranges::copy(as_bytes("free"), result.bytes.writable().subspan(box.begin + 4).begin());
    std::ranges::fill(result.bytes.writable().subspan(box.payload_at, box.payload.size()),
                      std::byte{0});
  }
  return result;
}

}  // namespace metadata

AvifFacts avif_facts(ByteView file) {
  const metadata::Layout layout = metadata::parse(file);
  AvifFacts facts;
  facts.sequence = layout.sequence;
  for (const metadata::Meta& meta : layout.metas) {
    if (!facts.nclx) facts.nclx = meta.nclx;
    facts.premultiplied = facts.premultiplied || meta.premultiplied;
    if (facts.turns_of_both.empty()) facts.turns_of_both = meta.turns_of_both;
    facts.has_gain_map =
        facts.has_gain_map || std::ranges::any_of(meta.items, &metadata::Item::gain_map);
  }
  return facts;
}

}  // namespace imgmill
