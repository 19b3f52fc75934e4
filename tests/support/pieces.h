// Files as the pieces whose loss a picture would show, and files of kinds that are made of many.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imgmill/format.h"
#include "support/make.h"

namespace imgmill::test {

/// Coded pixels that a decoder takes by themselves: a strip, a tile, a chunk, an item, a scan.
struct Piece {
  std::string name;
  std::size_t begin = 0;
  std::size_t end = 0;  ///< one past the last byte
};

/// All of them, in the order in which they stand. Of a naked JPEG XL codestream, which has no
/// marks, eight equal parts. Throws when the file is not sound.
std::vector<Piece> pieces_of(ByteView file, Format format);

/// How a piece is broken. A cut ends the file there.
enum class Blow { cut_before, cut_within, cut_after, zeros, ones, noise, end_zeros };
inline constexpr std::array blows{Blow::cut_before, Blow::cut_within, Blow::cut_after, Blow::zeros,
                                  Blow::ones,       Blow::noise,      Blow::end_zeros};
[[nodiscard]] std::string_view name_of(Blow blow);
/// `file` with a third of `piece` overwritten, its last quarter, or cut off; the same for the same
/// arguments.
[[nodiscard]] Bytes struck(const Bytes& file, const Piece& piece, Blow blow);

/// A grid of `columns` x `rows` AV1 pictures, 64 pixels wide and high at least; sides even.
Bytes make_grid_avif(const Raster& raster, int columns, int rows);

struct TiffKind {
  std::uint16_t compression = 1;  ///< as the TIFF tag has it
  int tile = 0;                   ///< side, a multiple of 16; 0: strips
  bool planes = false;            ///< each channel by itself
  bool predictor = false;         ///< differences of neighbours (LZW, deflate)
};
/// 8 bits a sample; fax compressions take samples from 128 on for white. Throws where
/// this libtiff has no such compression.
Bytes make_tiff_kind(const Raster& raster, const TiffKind& kind);

/// A TIFF in the way of TIFF 6.0, section 22, which Technical Note 2 has abolished: `jpeg`
/// as its only strip.
Bytes make_old_jpeg_tiff(const Bytes& jpeg, int width, int height);

}  // namespace imgmill::test
