// Reads SVG files into a tree with expat.
#pragma once

#include <cstdint>
#include <optional>

#include "imgmill/buffer.h"
#include "imgmill/error.h"
#include "svg/document.h"

namespace imgmill::svg {

/// Upper bounds for a drawing; larger ones are rejected with ErrorCode::limit. The largest maps and
/// traced photographs are far below.
struct ReadLimits {
  std::size_t bytes = std::size_t{64} << 20;  ///< of the file, and of the tree's text
  std::size_t nodes = 1'000'000;
  std::size_t attributes = 4'000'000;
  std::size_t depth = 256;  ///< nesting depth of elements
  /// Entities may expand the text to this many times the file's bytes (plus 64 KiB).
  std::size_t expansion = 4;
};

/// Reads all of `file`. Internal entities are expanded; nothing outside the bytes is ever accessed.
/// Thread-safe.
///
/// Errors: bad_input (not well-formed, or the root is not `svg`); limit; unsupported (constructs
/// that readers may interpret differently: external entities, declarations of attributes, an
/// encoding other than UTF-8, UTF-16, ISO-8859-1 and ASCII, names without a namespace).
[[nodiscard]] Result<Document> read(ByteView file, const ReadLimits& limits = {});

/// Reads only the root's tag, without children. Errors: as `read`.
[[nodiscard]] Result<Node> read_root(ByteView file);

/// True if bytes that begin like this can be an SVG: a byte order mark, an XML declaration,
/// comments, a DOCTYPE and white space, followed by an element called svg, with or without a
/// prefix. UTF-8 and UTF-16.
[[nodiscard]] bool looks_like_svg(ByteView start);

}  // namespace imgmill::svg
