// Splits files into pieces whose loss would be visible, and creates files of kinds with many
// pieces.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/format.h"
#include "support/make.h"

namespace imgmill::test {

/// Coded pixels that a decoder reads as a unit: a strip, a tile, a chunk, an item, a scan.
struct Piece {
  std::string name;
  std::size_t begin = 0;
  std::size_t end = 0;  ///< one past the last byte
};

/// Returns all pieces in file order. A bare JPEG XL codestream, which has no markers, is split into
/// eight equal parts. Throws if the file is damaged.
std::vector<Piece> pieces_of(ByteView file, Format format);

/// How a piece is damaged. A cut truncates the file there.
enum class Blow { cut_before, cut_within, cut_after, zeros, ones, noise, end_zeros };
inline constexpr std::array blows{Blow::cut_before, Blow::cut_within, Blow::cut_after, Blow::zeros,
                                  Blow::ones,       Blow::noise,      Blow::end_zeros};
[[nodiscard]] std::string_view name_of(Blow blow);
/// Returns `file` with a third of `piece` overwritten, its last quarter overwritten, or truncated.
/// Deterministic.
[[nodiscard]] Bytes struck(const Bytes& file, const Piece& piece, Blow blow);

/// Creates a grid of `columns` x `rows` AV1 pictures, each at least 64 pixels wide and high, with
/// even sides.
Bytes make_grid_avif(const Raster& raster, int columns, int rows);

struct TiffKind {
  std::uint16_t compression = 1;  ///< as the TIFF tag has it
  int tile = 0;                   ///< side, a multiple of 16; 0: strips
  bool planes = false;            ///< planar
  bool predictor = false;         ///< differences between neighbours (LZW, deflate)
};
/// 8 bits per sample; fax compressions treat samples from 128 on as white. Throws if this libtiff
/// does not support the compression.
Bytes make_tiff_kind(const Raster& raster, const TiffKind& kind);

/// Creates a TIFF as in TIFF 6.0, section 22, which Technical Note 2 has made obsolete, with `jpeg`
/// as its only strip.
Bytes make_old_jpeg_tiff(const Bytes& jpeg, int width, int height);

}  // namespace imgmill::test
