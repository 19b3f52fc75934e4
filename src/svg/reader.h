// SVG files read into a tree, by expat.
#pragma once

#include <cstdint>
#include <optional>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "svg/document.h"

namespace imgmill::svg {

/// What a drawing may be at most; more is refused, with ErrorCode::limit. The largest drawings
/// of maps and of traced photographs stay far below.
struct ReadLimits {
  std::size_t bytes = std::size_t{64} << 20;  ///< of the file, and of the tree's text
  std::size_t nodes = 1'000'000;
  std::size_t attributes = 4'000'000;
  std::size_t depth = 256;  ///< elements within elements
  /// The text may come to this many times the file's bytes (and 64 KiB) by its entities.
  std::size_t expansion = 4;
};

/// The whole of `file`. Internal entities are expanded; nothing outside the bytes is ever
/// looked at. Thread-safe.
///
/// Errors: bad_input: not well-formed, or the root is no `svg`; limit; unsupported: what a
/// reader may understand in more than one way (external entities, declarations of attributes,
/// an encoding other than UTF-8, UTF-16, ISO-8859-1 and ASCII, names without a namespace).
[[nodiscard]] Result<Document> read(ByteView file, const ReadLimits& limits = {});

/// Only the tag of the root, without children. Errors as `read`.
[[nodiscard]] Result<Node> read_root(ByteView file);

/// Whether bytes that begin like this can be an SVG: after a byte order mark, an XML declaration,
/// comments, a DOCTYPE and white space comes an element called svg, with or without a prefix. UTF-8
/// and UTF-16.
[[nodiscard]] bool looks_like_svg(ByteView start);

}  // namespace imgmill::svg
