// The table of containers: how each format's files are taken apart and put together.
#pragma once

#include <vector>

#include "metadata/inventory.h"
#include "metadata/metadata.h"

namespace imgmill {

/// The functions of one container, and how it differs from others.
struct Container {
  Format format;
  MetadataBlocks (*read)(ByteView file);
  Result<Rewritten> (*rewrite)(ByteView file, const Keep& keep, ByteView exif, ByteView xmp);
  std::vector<Holding> (*list)(ByteView file);
  /// Null if imgmill's encoders write the metadata themselves or the container cannot hold any.
  Result<Buffer> (*insert)(ByteView file, const NewMetadata& metadata) = nullptr;
  BlockLimits limits{};
  /// A newly encoded file accepts blocks of the old file unchanged; they are inserted by `carry`,
  /// or by the packer that rewrote the file.
  bool takes_foreign = false;
  Result<Buffer> (*carry)(ByteView encoded, ByteView original,
                          const std::vector<Holding>& pieces) = nullptr;
  /// Known content that is carried like unknown blocks, since no encoder writes it.
  Content carried_as_it_is = Content::unknown;
  /// Leading bytes of a piece that may change while it is carried.
  std::size_t free_head = 0;
};

/// Null for formats without a container (SVG).
[[nodiscard]] const Container* container_of(Format format);

}  // namespace imgmill
