#include "metadata/isobmff_parts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "metadata/isobmff_boxes.h"

namespace imgmill {
namespace {

using metadata::Box;
using metadata::for_each_box;
using metadata::Reader;

// References between an item's pictures, by type.
struct References {
  std::multimap<std::uint64_t, std::uint64_t> made_of;    // "dimg"
  std::multimap<std::uint64_t, std::uint64_t> beside_it;  // "auxl", reversed
};

// Returns, by item, the offset of the byte with the flag that hides it.
std::map<std::uint64_t, std::size_t> items_in(const Box& box, ByteView file) {
  std::map<std::uint64_t, std::size_t> items;
  if (box.payload.size() < 8) return items;
  const std::size_t head = metadata::u8(box.payload, 0) == 0 ? 6 : 8;
  for_each_box(file, box.payload_at + head, box.end(), [&](const Box& info) {
    Reader reader(info.payload);
    const std::uint64_t version = reader.number(1);
    reader.number(3);
    if (info.type != "infe" || (version != 2 && version != 3)) return;
    const std::uint64_t id = reader.number(version == 2 ? 2 : 4);
    if (reader.good()) items[id] = info.payload_at + 3;
  });
  return items;
}

References references_in(const Box& box, ByteView file) {
  References references;
  if (box.payload.size() < 4) return references;
  const std::size_t id_size = metadata::u8(box.payload, 0) == 0 ? 2 : 4;
  for_each_box(file, box.payload_at + 4, box.end(), [&](const Box& part) {
    Reader reader(part.payload);
    const std::uint64_t from = reader.number(id_size);
    const std::uint64_t count = reader.number(2);
    for (std::uint64_t i = 0; i < count && reader.good(); ++i) {
      const std::uint64_t to = reader.number(id_size);
      if (!reader.good()) break;
      if (part.type == "dimg") references.made_of.emplace(from, to);
      if (part.type == "auxl") references.beside_it.emplace(to, from);
    }
  });
  return references;
}

}  // namespace

PictureParts PictureParts::of(ByteView file) {
  PictureParts found;
  std::optional<Box> infos;
  std::optional<Box> relations;
  for_each_box(file, 0, file.size(), [&](const Box& box) {
    if (box.type != "meta" || box.payload.size() < 4 || found.primary_at_ != 0) return;
    for_each_box(file, box.payload_at + 4, box.end(), [&](const Box& part) {
      if (part.type == "iinf" && !infos) infos = part;
      if (part.type == "iref" && !relations) relations = part;
      if (part.type != "pitm" || part.payload.size() < 6 || found.primary_at_ != 0) return;
      found.primary_size_ = metadata::u8(part.payload, 0) == 0 ? 2 : 4;
      found.primary_at_ = part.payload_at + 4;
    });
  });
  if (found.primary_at_ == 0 || !infos || !relations ||
      !metadata::fits(file, found.primary_at_, found.primary_size_)) {
    return found;
  }
  const std::map<std::uint64_t, std::size_t> items = items_in(*infos, file);
  const References references = references_in(*relations, file);
  Reader number(file.subspan(found.primary_at_));
  const std::uint64_t primary = number.number(found.primary_size_);

  // Derived images and their parts; each is visited once, since references may form cycles.
  std::set<std::uint64_t> seen;
  std::vector<std::uint64_t> open{primary};
  const auto [first, last] = references.beside_it.equal_range(primary);
  for (auto at = first; at != last; ++at) open.push_back(at->second);
  while (!open.empty()) {
    const std::uint64_t item = open.back();
    open.pop_back();
    const auto [begin, end] = references.made_of.equal_range(item);
    for (auto at = begin; at != end; ++at) {
      const auto info = items.find(at->second);
      if (info == items.end() || !seen.insert(at->second).second) continue;
      if (references.made_of.contains(at->second)) {
        open.push_back(at->second);
      } else {
        found.parts_.push_back({at->second, info->second});
      }
    }
  }
  std::ranges::sort(found.parts_, {}, &Part::item);
  return found;
}

void PictureParts::show(std::size_t index, std::span<std::byte> copy) const {
  const Part& part = parts_[index];
  for (std::size_t i = 0; i < primary_size_; ++i) {
    const std::size_t shift = 8 * (primary_size_ - 1 - i);
    copy[primary_at_ + i] = static_cast<std::byte>(part.item >> shift & 0xFF);
  }
  copy[part.hidden_at] &= std::byte{0xFE};
}

}  // namespace imgmill
