#include "optimize/source/account.h"

#include <fmt/format.h>

#include <algorithm>

#include "codecs/codec.h"

namespace imgmill {
namespace {

// Returns the names of pieces that were lost without a request, except those still in the output,
// which was not changed or only in other respects.
std::vector<std::string> gone(const Source& source, const std::vector<Holding>& after,
                              const Keep& keep, Way way) {
  std::vector<std::string> names;
  for (const Holding& piece : source.inventory) {
    const Disposition fate = fate_of(piece.content, source.info.format, keep, way);
    // A piece that would prevent a conversion is lost if only the main picture was asked for.
    if (fate != Disposition::told && !(fate == Disposition::neither && way == Way::convert))
      continue;
    const bool still_there =
        way != Way::convert && std::ranges::any_of(after, [&](const auto& each) {
          return each.content == piece.content && each.name == piece.name;
        });
    if (!still_there && std::ranges::find(names, piece.name) == names.end()) {
      names.push_back(piece.name);
    }
  }
  return names;
}

Optimized untouched(const Source& source, const Optimized& made, std::string note) {
  Optimized out{{.decision = Decision::kept,
                 .width = source.info.width,
                 .height = source.info.height,
                 .frames = source.info.frames,
                 .judgement = {.score = 100, .target = made.judgement.target},
                 .notes = {std::move(note)}},
                source.info.format,
                source.info.format,
                Buffer::copy_of(source.bytes)};
  return out;
}

}  // namespace

Way way_of_encoding(Format format) {
  return codec(format).file.repacks ? Way::repack : Way::encode;
}

Way way_within(const Optimized& made) {
  const bool same_data = made.decision == Decision::stripped || made.decision == Decision::kept;
  return same_data ? Way::strip : way_of_encoding(made.format);
}

ByteView trailing_bytes(const Source& source, const Keep& keep) {
  for (const Holding& piece : source.inventory) {
    if (piece.content == Content::trailing &&
        fate_of(piece.content, source.info.format, keep, Way::repack) == Disposition::carried) {
      return piece.bytes;
    }
  }
  return {};
}

Optimized accounted(const Source& source, Optimized made, const Keep& keep, Way way) {
  if (made.format == Format::svg) return made;
  std::vector<Holding> after = inventory_of(made.bytes.view(), made.format);
  if (way != Way::convert && made.decision != Decision::kept) {
    if (const auto lost = lost_between(source.inventory, after, made.format, keep, way)) {
      made = untouched(source, made, fmt::format("left alone: {} would be lost", *lost));
      after = inventory_of(made.bytes.view(), made.format);
    }
  }
  if (made.decision != Decision::kept) {
    const std::string_view verb = way == Way::convert ? "did not come along" : "dropped";
    for (const std::string& name : gone(source, after, keep, way)) {
      made.notes.push_back(fmt::format("{} {}", name, verb));
    }
  }
  made.private_left = private_against(after, keep);
  if (made.private_left.any()) {
    made.notes.push_back(
        fmt::format("still holds private data ({}), which nothing here can take "
                    "out of this file",
                    fmt::join(names_of(made.private_left), ", ")));
  }
  return made;
}

}  // namespace imgmill
