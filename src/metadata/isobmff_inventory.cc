// Inventory of AVIF and HEIC files: items, references and boxes (ISO/IEC 14496-12, 8.11; 23008-12,
// 6 to 10).
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "metadata/container_inventories.h"
#include "metadata/isobmff.h"
#include "metadata/isobmff_boxes.h"

namespace imgmill::metadata {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t most_items = 100'000;

struct Item {
  std::uint64_t id = 0;
  std::string_view type;
  bool hidden = false;
  std::string_view mime;
  std::string_view auxiliary;  ///< URN of auxC
  ByteView info;               ///< its "infe" box
};

struct Reference {
  std::string_view type;
  std::uint64_t from = 0;
  std::vector<std::uint64_t> to;
};

bool is_known_property(std::string_view type) {
  constexpr std::array known = {
      "ispe"sv, "pixi"sv, "av1C"sv, "hvcC"sv, "colr"sv, "pasp"sv, "irot"sv, "imir"sv, "clap"sv,
      "auxC"sv, "a1op"sv, "lsel"sv, "a1lx"sv, "rloc"sv, "clli"sv, "mdcv"sv, "cclv"sv, "amve"sv,
      "free"sv, "skip"sv, "jpgC"sv, "avcC"sv, "tols"sv, "lhvC"sv, "tmap"sv};
  return std::ranges::find(known, type) != known.end();
}

bool is_picture_type(std::string_view type) {
  constexpr std::array types = {"av01"sv, "hvc1"sv, "grid"sv, "iden"sv, "iovl"sv, "jpeg"sv,
                                "avc1"sv, "lhv1"sv, "j2k1"sv, "unci"sv, "vvc1"sv, "tmap"sv};
  return std::ranges::find(types, type) != types.end();
}

bool not_square(ByteView pasp) { return pasp.size() >= 8 && u32be(pasp, 0) != u32be(pasp, 4); }

// One "meta" box, as far as it is understood.
class Meta {
 public:
  Meta(ByteView file, const Box& box, std::vector<Holding>& list) : file_(file), list_(list) {
    if (box.payload.size() < 4) return;
    std::vector<Box> parts;
    for_each_box(file, box.payload_at + 4, box.end(), [&](const Box& part) {
      if (parts.size() < 1000) parts.push_back(part);
    });
    for (const Box& part : parts) read(part);
    for (const Box& part : parts) {
      if (part.type == "iprp") read_properties(part);
    }
  }

  void add() {
    gather_picture();
    for (const Item& item : items_) add_item(item);
  }

 private:
  void read(const Box& part) {
    constexpr std::array known = {"hdlr"sv, "pitm"sv, "iinf"sv, "iref"sv, "iprp"sv,
                                  "iloc"sv, "idat"sv, "dinf"sv, "free"sv, "skip"sv};
    if (part.type == "pitm" && part.payload.size() >= 6) {
      const bool wide = u8(part.payload, 0) != 0 && part.payload.size() >= 8;
      primary_ = wide ? u32be(part.payload, 4) : u16be(part.payload, 4);
    } else if (part.type == "iinf") {
      read_items(part);
    } else if (part.type == "iref") {
      read_references(part);
    } else if (part.type == "grpl") {
      for_each_box(file_, part.payload_at, part.end(), [&](const Box& group) {
        // Alternatives: a reader shows the one it supports best.
        if (group.type != "altr") unknown("group", group);
      });
    } else if (std::ranges::find(known, part.type) == known.end()) {
      unknown("box", part);
    }
  }

  void unknown(std::string_view what, const Box& box) {
    list_.push_back({Content::unknown,
                     std::string(what) + " '" + printable(box.type) + "'",
                     file_.subspan(box.begin, box.end() - box.begin),
                     {}});
  }

  void read_items(const Box& box) {
    if (box.payload.size() < 6) return;
    const std::size_t head = u8(box.payload, 0) == 0 ? 6 : 8;
    if (box.payload.size() < head) return;
    for_each_box(file_, box.payload_at + head, box.end(), [&](const Box& info) {
      if (info.type != "infe" || items_.size() >= most_items) return;
      Reader reader(info.payload);
      const std::uint64_t version = reader.number(1);
      const std::uint64_t flags = reader.number(3);
      if (version < 2) return;
      Item item;
      item.hidden = (flags & 1) != 0;
      item.id = reader.number(version == 2 ? 2 : 4);
      reader.number(2);
      reader.number(4);
      if (!reader.good()) return;
      item.type = as_text(info.payload.subspan(reader.position() - 4, 4));
      if (item.type == "mime") {
        reader.text();
        item.mime = reader.text();
      }
      item.info = info.payload;
      by_id_.emplace(item.id, items_.size());
      items_.push_back(item);
    });
  }

  void read_references(const Box& box) {
    if (box.payload.size() < 4) return;
    const std::size_t width = u8(box.payload, 0) == 0 ? 2 : 4;
    std::size_t total = 0;
    for_each_box(file_, box.payload_at + 4, box.end(), [&](const Box& each) {
      Reader reader(each.payload);
      Reference reference{each.type, reader.number(width), {}};
      const std::uint64_t count = reader.number(2);
      for (std::uint64_t i = 0; i < count && reader.good() && total < most_items; ++i, ++total) {
        reference.to.push_back(reader.number(width));
      }
      if (reader.good()) references_.push_back(std::move(reference));
    });
  }

  void read_properties(const Box& box) {
    std::vector<Box> properties;
    for_each_box(file_, box.payload_at, box.end(), [&](const Box& part) {
      if (part.type == "ipco") {
        for_each_box(file_, part.payload_at, part.end(), [&](const Box& property) {
          if (properties.size() < most_items) properties.push_back(property);
          if (!is_known_property(property.type)) unknown("property", property);
          if (property.type == "pasp" && not_square(property.payload)) {
            list_.push_back({Content::bound, "pixels that are not square", property.payload, {}});
          }
        });
      } else if (part.type == "ipma") {
        associate(part, properties);
      }
    });
  }

  // Determines the kind of each auxiliary picture (23008-12, 6.5.8).
  void associate(const Box& box, const std::vector<Box>& properties) {
    Reader reader(box.payload);
    const std::uint64_t version = reader.number(1);
    const std::uint64_t flags = reader.number(3);
    const std::uint64_t count = reader.number(4);
    for (std::uint64_t i = 0; i < count && reader.good(); ++i) {
      const auto found = by_id_.find(reader.number(version < 1 ? 2 : 4));
      const std::uint64_t associations = reader.number(1);
      for (std::uint64_t j = 0; j < associations && reader.good(); ++j) {
        const std::uint64_t index =
            (flags & 1) != 0 ? reader.number(2) & 0x7FFF : reader.number(1) & 0x7F;
        if (found == by_id_.end() || index == 0 || index > properties.size()) continue;
        const Box& property = properties[index - 1];
        if (property.type != "auxC" || property.payload.size() < 4) continue;
        const std::string_view urn = as_text(property.payload.subspan(4));
        items_[found->second].auxiliary = urn.substr(0, urn.find('\0'));
      }
    }
  }

  // Collects the primary picture, its parts, and its transparency.
  void gather_picture() {
    std::vector<std::uint64_t> waiting{primary_};
    while (!waiting.empty()) {
      const std::uint64_t id = waiting.back();
      waiting.pop_back();
      if (!picture_.insert(id).second) continue;
      for (const Reference& reference : references_) {
        const bool made_of = reference.type == "dimg" && reference.from == id;
        if (made_of) waiting.insert(waiting.end(), reference.to.begin(), reference.to.end());
        const bool to_it = std::ranges::find(reference.to, id) != reference.to.end();
        const auto other = by_id_.find(reference.from);
        if (reference.type == "auxl" && to_it && other != by_id_.end() &&
            items_[other->second].auxiliary.find("alpha") != std::string_view::npos) {
          waiting.push_back(reference.from);
        }
      }
    }
  }

  [[nodiscard]] const Reference* refers(std::uint64_t from, std::string_view type) const {
    for (const Reference& each : references_) {
      if (each.from == from && each.type == type) return &each;
    }
    return nullptr;
  }
  // True if the item is part of another one, which is listed instead.
  [[nodiscard]] bool is_part(std::uint64_t id) const {
    return std::ranges::any_of(references_, [&](const Reference& each) {
      return each.type == "dimg" && std::ranges::find(each.to, id) != each.to.end();
    });
  }

  void add_item(const Item& item) {
    const auto put = [&](Content content, std::string name) {
      list_.push_back({content, std::move(name), item.info, {}});
    };
    if (picture_.contains(item.id)) return;
    if (item.type == "Exif" || item.mime == "application/rdf+xml") return;  // listed by read_avif()
    if (item.type == "tmap") return put(Content::auxiliary, "the HDR gain map");
    if (is_picture_type(item.type)) {
      if (refers(item.id, "auxl") != nullptr || !item.auxiliary.empty()) {
        const bool depth = item.auxiliary.find("depth") != std::string_view::npos;
        const bool gain = item.auxiliary.find("gainmap") != std::string_view::npos;
        return put(Content::auxiliary, gain    ? "the HDR gain map"
                                       : depth ? "the depth map"
                                               : "an auxiliary picture");
      }
      if (refers(item.id, "thmb") != nullptr) return put(Content::preview, "thumbnail");
      if (is_part(item.id)) return put(Content::auxiliary, "a part of another picture");
      return put(Content::further_picture, item.hidden ? "a hidden picture" : "a further picture");
    }
    put(Content::unknown, "item '" + printable(item.type) + "'");
  }

  ByteView file_;
  std::vector<Holding>& list_;
  std::uint64_t primary_ = 0;
  std::vector<Item> items_;
  std::map<std::uint64_t, std::size_t> by_id_;
  std::vector<Reference> references_;
  std::set<std::uint64_t> picture_;
};

}  // namespace

std::vector<Holding> list_isobmff(ByteView file) {
  constexpr std::array known = {"ftyp"sv, "mdat"sv, "free"sv, "skip"sv, "wide"sv, "pdin"sv};
  std::vector<Holding> list;
  list.push_back({Content::picture, "picture", {}, {}});
  const MetadataBlocks blocks = read_avif(file);
  if (!blocks.icc.empty()) list.push_back({Content::colour, "colour profile", {}, {}});
  if (!blocks.exif.empty()) list.push_back(exif_holding(blocks.exif.view(), {}));
  if (!blocks.xmp.empty()) list.push_back(xmp_holding(blocks.xmp.view(), {}));
  for_each_box(file, 0, file.size(), [&](const Box& box) {
    const ByteView whole = file.subspan(box.begin, box.end() - box.begin);
    const auto add = [&](Content content, std::string name, PrivateData holds = {}) {
      list.push_back({content, std::move(name), whole, holds});
    };
    if (box.type == "meta") {
      Meta(file, box, list).add();
    } else if (box.type == "moov") {
      list.push_back({Content::auxiliary,
                      "the sequence of frames",
                      {},
                      {.position = tells_place_of_video(box.payload)}});
    } else if (box.type == "uuid" && starts_with(box.payload, c2pa_uuid)) {
      add(Content::credentials, "the content credentials (C2PA)");
    } else if (box.type == "udta") {
      add(Content::application, "user data", {.position = tells_place_of_video(box.payload)});
    } else if (std::ranges::find(known, box.type) == known.end()) {
      add(Content::unknown, "box '" + printable(box.type) + "'");
    }
  });
  return list;
}

}  // namespace imgmill::metadata
