#include "webp/writer.h"

#include <algorithm>
#include <cstring>

#include "base/try.h"
#include "webp/bool_writer.h"

namespace imgmill::webp {
namespace {

struct TokenSink {
  BoolWriter& writer;
  const Probabilities& probabilities;

  void fork(std::size_t kind, std::size_t band, std::size_t context, std::size_t which, bool bit) {
    writer.put(bit, probabilities[kind][band][context][which]);
  }
  void fixed(bool bit, std::uint32_t probability) { writer.put(bit, probability); }
};

std::uint32_t fitting(std::uint64_t zeros, std::uint64_t all) {
  if (all == 0) return 255;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>((255 * zeros + all / 2) / all, 1, 255));
}

// Sections 9.3 and 9.6: segment definitions.
void put_segments(BoolWriter& writer, const Segments& segments,
                  const std::array<std::uint32_t, 3>& tree) {
  const bool many_segments = segments.count > 1;
  writer.put(many_segments, 128);
  if (!many_segments) return;
  writer.put(true, 128);  // the map is updated
  writer.put(true, 128);  // the segments' values are updated
  writer.put(true, 128);  // absolute values
  for (const Segment& segment : segments.rows) writer.put_signed(segment.quantiser, 7);
  for (const Segment& segment : segments.rows) writer.put_signed(segment.filter, 6);
  for (const std::uint32_t probability : tree) {
    writer.put(probability != 255, 128);
    if (probability != 255) writer.put_number(probability, 8);
  }
}

class FrameWriter {
 public:
  explicit FrameWriter(const Coder& coder)
      : coder_(coder), probabilities_(best_probabilities(coder.counts)) {
    const Segments& segments = *coder.segments;
    std::array<std::uint64_t, most_segments> members{};
    for (const std::uint8_t segment : segments.map) ++members[segment];
    const std::uint64_t low = members[0] + members[1];
    const std::uint64_t high = members[2] + members[3];
    tree_ = {fitting(low, low + high), fitting(members[0], low), fitting(members[2], high)};
    const auto skipped = static_cast<std::uint64_t>(
        std::ranges::count_if(coder.macroblocks, [](const auto& m) { return m.skipped; }));
    not_skipped_ = fitting(coder.macroblocks.size() - skipped, coder.macroblocks.size());
    may_skip_ = skipped > 0;
  }

  // Everything but the levels: sections 9.2 to 9.11, and 11 for each macroblock.
  [[nodiscard]] std::vector<std::uint8_t> first_partition() const {
    BoolWriter writer;
    const Segments& segments = *coder_.segments;
    writer.put(false, 128);  // colour space of section 9.2
    writer.put(false, 128);  // clamping required
    put_segments(writer, segments, tree_);
    writer.put(false, 128);  // the normal loop filter
    writer.put_number(static_cast<std::uint32_t>(segments.rows[0].filter), 6);
    writer.put_number(static_cast<std::uint32_t>(segments.sharpness), 3);
    writer.put(false, 128);   // no filter adjustment by mode
    writer.put_number(0, 2);  // one token partition
    writer.put_number(static_cast<std::uint32_t>(segments.rows[0].quantiser), 7);
    writer.put_signed(segments.luma_dc_change, 4);
    writer.put_signed(segments.second_dc_change, 4);
    writer.put_signed(segments.second_ac_change, 4);
    writer.put_signed(segments.chroma_dc_change, 4);
    writer.put_signed(segments.chroma_ac_change, 4);
    writer.put(false, 128);  // the probabilities apply to this picture only
    put_probabilities(writer);
    writer.put(may_skip_, 128);
    if (may_skip_) writer.put_number(not_skipped_, 8);
    put_modes(writer);
    return writer.finish();
  }

  [[nodiscard]] std::vector<std::uint8_t> levels() const {
    BoolWriter writer;
    TokenSink sink{writer, probabilities_};
    TokenTeller teller(coder_.planes->wide);
    const std::int16_t* next = coder_.levels.data();
    for (std::size_t i = 0; i < coder_.macroblocks.size(); ++i) {
      const std::size_t column = i % coder_.planes->wide;
      if (column == 0) teller.start_row();
      next = teller.tell(coder_.macroblocks[i], column, next, sink);
    }
    return writer.finish();
  }

 private:
  void put_probabilities(BoolWriter& writer) const {
    for (std::size_t kind = 0; kind < block_kinds; ++kind) {
      for (std::size_t band = 0; band < bands; ++band) {
        for (std::size_t context = 0; context < contexts; ++context) {
          for (std::size_t fork = 0; fork < forks; ++fork) {
            const auto now = probabilities_[kind][band][context][fork];
            const bool changed = now != default_probabilities[kind][band][context][fork];
            writer.put(changed, update_probabilities[kind][band][context][fork]);
            if (changed) writer.put_number(now, 8);
          }
        }
      }
    }
  }

  void put_modes(BoolWriter& writer) const {
    const std::size_t wide = coder_.planes->wide;
    const auto put = [&](bool bit, std::uint32_t probability) { writer.put(bit, probability); };
    for (std::size_t i = 0; i < coder_.macroblocks.size(); ++i) {
      const Macroblock& macroblock = coder_.macroblocks[i];
      if (coder_.segments->count > 1) {
        const std::uint8_t segment = coder_.segments->map[i];
        put(segment > 1, tree_[0]);
        put((segment & 1) != 0, tree_[segment > 1 ? 2 : 1]);
      }
      if (may_skip_) put(macroblock.skipped, not_skipped_);
      put(!macroblock.by_blocks, block_flag_probability);
      if (!macroblock.by_blocks) {
        tell_luma_mode(macroblock.luma, put);
      } else {
        const Macroblock* above = i >= wide ? &coder_.macroblocks[i - wide] : nullptr;
        const Macroblock* left = i % wide > 0 ? &coder_.macroblocks[i - 1] : nullptr;
        for (std::size_t block = 0; block < 16; ++block) {
          const BlockMode up = block >= 4         ? macroblock.blocks[block - 4]
                               : above != nullptr ? above->blocks[block + 12]
                                                  : block_dc;
          const BlockMode beside = block % 4 > 0     ? macroblock.blocks[block - 1]
                                   : left != nullptr ? left->blocks[block + 3]
                                                     : block_dc;
          tell_block_mode(macroblock.blocks[block], up, beside, put);
        }
      }
      tell_chroma_mode(macroblock.chroma, put);
    }
  }

  const Coder& coder_;
  Probabilities probabilities_;
  std::array<std::uint32_t, 3> tree_{};
  std::uint32_t not_skipped_ = 255;
  bool may_skip_ = false;
};

void put_little_endian(std::byte* to, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) {
    to[i] = static_cast<std::byte>((number >> (8 * i)) & 0xFF);
  }
}

}  // namespace

Result<Buffer> write_webp(const Coder& coder) {
  const FrameWriter frame(coder);
  const std::vector<std::uint8_t> first = frame.first_partition();
  if (first.size() >= std::size_t{1} << 19) {
    return fail(ErrorCode::unsupported, "the picture has too many macroblocks for one VP8 frame",
                "make it smaller, or choose another format");
  }
  const std::vector<std::uint8_t> levels = frame.levels();
  constexpr std::size_t before_frame = 20;
  constexpr std::size_t frame_header = 10;
  const std::size_t frame_size = frame_header + first.size() + levels.size();
  const std::size_t padded = frame_size + frame_size % 2;
  if (padded + 12 > 0xFFFFFFFE) {
    return fail(ErrorCode::unsupported, "the picture does not fit into a WebP file",
                "make it smaller, or choose another format");
  }
  Buffer file = Buffer::uninitialised(before_frame + padded);
  std::byte* to = file.data();
  std::memcpy(to, "RIFF", 4);
  put_little_endian(to + 4, padded + 12, 4);
  std::memcpy(to + 8, "WEBPVP8 ", 8);
  put_little_endian(to + 16, frame_size, 4);
  to += before_frame;
  // Section 9.1: a key frame, version 0, shown.
  put_little_endian(to, (std::uint64_t{first.size()} << 5) | 0x10, 3);
  put_little_endian(to + 3, 0x2A019D, 3);
  put_little_endian(to + 6, coder.planes->width, 2);
  put_little_endian(to + 8, coder.planes->height, 2);
  std::memcpy(to + frame_header, first.data(), first.size());
  std::memcpy(to + frame_header + first.size(), levels.data(), levels.size());
  if (padded != frame_size) to[frame_size] = std::byte{0};
  return file;
}

}  // namespace imgmill::webp
