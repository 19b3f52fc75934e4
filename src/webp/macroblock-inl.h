// Prediction, encoding and storage of one macroblock, for one instruction set. Included by a file
// that foreach_target.h includes repeatedly.
#if defined(IMGMILL_WEBP_MACROBLOCK_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef IMGMILL_WEBP_MACROBLOCK_INL_H
#undef IMGMILL_WEBP_MACROBLOCK_INL_H
#else
#define IMGMILL_WEBP_MACROBLOCK_INL_H
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

#include "webp/blocks-inl.h"
#include "webp/coder.h"
#include "webp/plain-inl.h"
#include "webp/predict-inl.h"
#include "webp/trellis.h"

HWY_BEFORE_NAMESPACE();
namespace imgmill::webp {
namespace HWY_NAMESPACE {

// 16 times a distortion plus lambda times a cost.
using Score = std::int64_t;

// Result of encoding one or more blocks.
struct Outcome {
  std::int64_t distortion = 0;
  std::int64_t cost = 0;
  [[nodiscard]] Score score(int lambda) const { return 16 * distortion + lambda * cost; }
};

// Maximum number of block modes tried in full.
constexpr std::size_t most_tried = 4;

// Encodes one macroblock.
class Worker {
 public:
  Worker(Coder& coder, std::size_t column)
      : coder_(coder),
        x_(column),
        segment_(
            coder.segments->rows[coder.segments->map[coder.row * coder.planes->wide + column]]),
        above_(coder.above[column]),
        left_(coder.left) {}

  void Code() {
    Gather();
    Macroblock made;
    ChooseWhole(made);
    if (coder_.effort.block_modes > 0 && coder_.may_use_blocks() && ChooseBlocks(made)) {
      made.by_blocks = true;
    } else {
      FinishWhole(made);
    }
    CodeChroma(made);
    Keep(made);
  }

 private:
  // Rearranges samples into blocks.
  void Gather() {
    const Planes& planes = *coder_.planes;
    GatherPlane(planes.luma.data() + 16 * (coder_.row * planes.luma_stride() + x_),
                planes.luma_stride(), 4, luma_);
    const std::size_t at = 8 * (coder_.row * planes.chroma_stride() + x_);
    GatherPlane(planes.blue.data() + at, planes.chroma_stride(), 2, chroma_);
    GatherPlane(planes.red.data() + at, planes.chroma_stride(), 2, chroma_ + 64);
  }

  static void GatherPlane(const std::uint8_t* from, std::size_t stride, std::size_t across,
                          std::uint8_t* to) {
    for (std::size_t y = 0; y < 4 * across; ++y) {
      for (std::size_t x = 0; x < across; ++x) {
        std::memcpy(to + 16 * (across * (y / 4) + x) + 4 * (y % 4), from + y * stride + 4 * x, 4);
      }
    }
  }

  Beside BesideIn(std::size_t plane) {
    Band& band = coder_.bands[plane];
    return {.samples = band.at((plane == 0 ? 16 : 8) * x_),
            .stride = band.stride,
            .has_left = x_ > 0,
            .has_above = coder_.row > 0};
  }

  void ChooseWhole(Macroblock& made) {
    const Beside beside = BesideIn(0);
    const std::size_t usable = coder_.usable_whole_modes();
    std::int64_t least = 0;
    for (std::size_t mode = 0; mode < usable; ++mode) {
      PredictWhole(beside, 4, static_cast<WholeMode>(mode), predicted_[mode]);
      const std::int64_t cost = 256 * std::int64_t{HadamardSum(luma_, predicted_[mode], 16)} +
                                std::int64_t{segment_.lambda_satd} * luma_mode_costs[mode];
      if (mode == 0 || cost < least) {
        least = cost;
        made.luma = static_cast<WholeMode>(mode);
      }
    }
    Transform(luma_, 16, predicted_[made.luma], 16, coefficients_[0]);
    whole_ = {};
    for (std::size_t block = 0; block < 16; ++block) {
      dc_[block] = coefficients_[block][0];
      coefficients_[block][0] = 0;
      whole_.distortion += Quantise(coefficients_[block], segment_.luma, whole_levels_[block]);
    }
    CodeSecond();
    whole_.cost += luma_mode_costs[made.luma];
    CountWhole();
  }

  // Codes the second-order block: transforms the blocks' DC coefficients (the forward transform of
  // section 14.3), and reconstructs the values that a decoder will have.
  void CodeSecond() {
    int rows[16];
    int sums[16];
    for (std::size_t i = 0; i < 4; ++i) {
      const int a = dc_[4 * i] + dc_[4 * i + 3];
      const int b = dc_[4 * i + 1] + dc_[4 * i + 2];
      const int c = dc_[4 * i + 1] - dc_[4 * i + 2];
      const int e = dc_[4 * i] - dc_[4 * i + 3];
      rows[4 * i] = a + b;
      rows[4 * i + 1] = c + e;
      rows[4 * i + 2] = a - b;
      rows[4 * i + 3] = e - c;
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const int a = rows[i] + rows[12 + i];
      const int b = rows[4 + i] + rows[8 + i];
      const int c = rows[4 + i] - rows[8 + i];
      const int e = rows[i] - rows[12 + i];
      sums[i] = a + b;
      sums[4 + i] = c + e;
      sums[8 + i] = a - b;
      sums[12 + i] = e - c;
    }
    alignas(16) std::int16_t coefficients[16];
    for (std::size_t at = 0; at < 16; ++at) {
      const int sum = sums[zigzag[at]];
      coefficients[at] = static_cast<std::int16_t>((sum + (sum < 0 ? 0 : 1)) >> 1);
    }
    const std::size_t context =
        static_cast<std::size_t>(above_.second) + static_cast<std::size_t>(left_.second);
    const Matrix& matrix = segment_.second;
    if (coder_.effort.weigh) {
      const Weighed weighed = weigh(coefficients, matrix, kind_second_order, context, coder_.costs,
                                    segment_.lambda_luma, second_.levels);
      second_.end = weighed.end;
      whole_.distortion += weighed.distortion;
    } else {
      whole_.distortion += Quantise(coefficients, matrix, second_);
    }
    whole_.cost +=
        block_cost(coder_.costs, kind_second_order, context, second_.levels, second_.end);
    InvertSecond();
  }

  void InvertSecond() {
    int in[16] = {};
    for (std::size_t at = 0; at < second_.end; ++at) {
      in[zigzag[at]] = second_.levels[at] * segment_.second.steps[at];
    }
    int rows[16];
    for (std::size_t i = 0; i < 4; ++i) {
      const int a = in[i] + in[12 + i];
      const int b = in[4 + i] + in[8 + i];
      const int c = in[4 + i] - in[8 + i];
      const int e = in[i] - in[12 + i];
      rows[i] = a + b;
      rows[4 + i] = c + e;
      rows[8 + i] = a - b;
      rows[12 + i] = e - c;
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const int a = rows[4 * i] + rows[4 * i + 3];
      const int b = rows[4 * i + 1] + rows[4 * i + 2];
      const int c = rows[4 * i + 1] - rows[4 * i + 2];
      const int e = rows[4 * i] - rows[4 * i + 3];
      dc_[4 * i] = static_cast<std::int16_t>((a + b + 3) >> 3);
      dc_[4 * i + 1] = static_cast<std::int16_t>((c + e + 3) >> 3);
      dc_[4 * i + 2] = static_cast<std::int16_t>((a - b + 3) >> 3);
      dc_[4 * i + 3] = static_cast<std::int16_t>((e - c + 3) >> 3);
    }
  }

  void CountWhole() {
    std::array<std::uint8_t, 4> above = above_.luma;
    std::array<std::uint8_t, 4> left = left_.luma;
    for (std::size_t block = 0; block < 16; ++block) {
      std::uint8_t& a = above[block % 4];
      std::uint8_t& l = left[block / 4];
      const BlockLevels& levels = whole_levels_[block];
      whole_.cost += block_cost(coder_.costs, kind_luma_ac, static_cast<std::size_t>(a + l),
                                levels.levels, levels.end);
      a = l = levels.end > 1 ? 1 : 0;
    }
  }

  // Optimizes levels that were only rounded so far, and reconstructs the samples.
  void FinishWhole(Macroblock& made) {
    Band& band = coder_.bands[0];
    for (std::size_t block = 0; block < 16; ++block) {
      BlockLevels& levels = whole_levels_[block];
      std::uint8_t& a = above_.luma[block % 4];
      std::uint8_t& l = left_.luma[block / 4];
      if (coder_.effort.weigh && levels.end > 0) {
        levels.end = weigh(coefficients_[block], segment_.luma, kind_luma_ac,
                           static_cast<std::size_t>(a + l), coder_.costs, segment_.lambda_luma,
                           levels.levels)
                         .end;
      }
      a = l = levels.end > 1 ? 1 : 0;
      Reconstruct(levels.levels, segment_.luma, &dc_[block], predicted_[made.luma] + 16 * block,
                  band.at(16 * x_ + 4 * (block % 4)) + 4 * (block / 4) * band.stride, band.stride);
    }
    const auto mode = static_cast<BlockMode>(made.luma);
    made.blocks.fill(mode);
    above_.modes.fill(mode);
    left_.modes.fill(mode);
    coder_.mode_cost += luma_mode_costs[made.luma];
  }

  // Fills the line of neighbours of a block.
  HWY_INLINE void FillLine(std::size_t block, Line& line) {
    Band& band = coder_.bands[0];
    const std::size_t bx = block % 4;
    const std::size_t by = block / 4;
    const std::uint8_t* at = band.at(16 * x_ + 4 * bx) + 4 * by * band.stride;
    const std::uint8_t* above = at - band.stride;
    const std::uint8_t* before = at - 1;
    for (std::size_t i = 0; i < 4; ++i) line.at[4 - i] = before[i * band.stride];
    line.at[0] = line.at[1];
    std::memcpy(line.at + 5, above - 1, 5);
    // To the right of the macroblock, only the samples above it are known.
    std::memcpy(line.at + 10, bx == 3 ? band.at(16 * x_ + 16) - band.stride : above + 4, 4);
    line.at[14] = line.at[13];
    line.at[15] = line.at[13];
  }

  // Returns true if per-block luma modes are better; the macroblock's luma is then complete.
  bool ChooseBlocks(Macroblock& made) {
    const Score limit = whole_.score(segment_.lambda_mode);
    std::array<std::uint8_t, 4> above = above_.luma;
    std::array<std::uint8_t, 4> left = left_.luma;
    std::array<BlockMode, 4> modes_above = above_.modes;
    std::array<BlockMode, 4> modes_left = left_.modes;
    Band& band = coder_.bands[0];
    Outcome sum{.cost = block_flag_cost};
    std::int64_t mode_cost = block_flag_cost;
    for (std::size_t block = 0; block < 16; ++block) {
      const std::size_t bx = block % 4;
      const std::size_t by = block / 4;
      const auto& mode_costs = block_mode_costs[modes_above[bx]][modes_left[by]];
      const std::size_t context = static_cast<std::size_t>(above[bx] + left[by]);
      const BlockMode mode = TryBlock(block, mode_costs, context, sum);
      if (sum.score(segment_.lambda_mode) >= limit) return false;
      mode_cost += mode_costs[mode];
      const BlockLevels& levels = block_levels_[block];
      made.blocks[block] = modes_above[bx] = modes_left[by] = mode;
      above[bx] = left[by] = levels.end > 0 ? 1 : 0;
      Reconstruct(levels.levels, segment_.luma, nullptr, block_predicted_ + 16 * mode,
                  band.at(16 * x_ + 4 * bx) + 4 * by * band.stride, band.stride);
    }
    above_.luma = above;
    left_.luma = left;
    above_.modes = modes_above;
    left_.modes = modes_left;
    coder_.mode_cost += static_cast<std::uint64_t>(mode_cost);
    return true;
  }

  // Returns the best mode of a block. Writes its levels to block_levels_ and all predictions to
  // block_predicted_.
  BlockMode TryBlock(std::size_t block, const std::array<std::uint16_t, block_modes>& mode_costs,
                     std::size_t context, Outcome& sum) {
    alignas(16) Line line;
    FillLine(block, line);
    std::uint8_t* predicted = block_predicted_;
    PredictBlock(line, predicted);
    const std::uint8_t* samples = luma_ + 16 * block;
    std::int32_t sums[block_modes];
    HadamardEach(samples, predicted, block_modes, sums);
    // Sorts the modes, most promising first.
    const std::size_t most = coder_.effort.block_modes;
    std::int64_t costs[most_tried + 1];
    BlockMode best[most_tried + 1];
    std::size_t found = 0;
    for (std::size_t mode = 0; mode < block_modes; ++mode) {
      const std::int64_t cost =
          256 * std::int64_t{sums[mode]} + std::int64_t{segment_.lambda_satd} * mode_costs[mode];
      std::size_t at = found;
      while (at > 0 && costs[at - 1] > cost) {
        costs[at] = costs[at - 1];
        best[at] = best[at - 1];
        --at;
      }
      costs[at] = cost;
      best[at] = static_cast<BlockMode>(mode);
      if (found < most) ++found;
    }
    return TryModes(block, mode_costs, context, best, found, sum);
  }

  BlockMode TryModes(std::size_t block, const std::array<std::uint16_t, block_modes>& mode_costs,
                     std::size_t context, const BlockMode* modes, std::size_t count, Outcome& sum) {
    const std::uint8_t* samples = luma_ + 16 * block;
    alignas(32) std::int16_t coefficients[16 * most_tried];
    alignas(32) std::uint8_t predicted[16 * most_tried];
    BlockLevels tried[most_tried];
    for (std::size_t i = 0; i < count + count % 2; ++i) {
      std::memcpy(predicted + 16 * i, block_predicted_ + 16 * modes[i < count ? i : 0], 16);
    }
    Transform(samples, 0, predicted, count + count % 2, coefficients);
    std::size_t best = 0;
    Outcome best_outcome;
    Score least = 0;
    for (std::size_t i = 0; i < count; ++i) {
      Outcome outcome{.distortion = Quantise(coefficients + 16 * i, segment_.luma, tried[i])};
      outcome.cost = mode_costs[modes[i]] +
                     block_cost(coder_.costs, kind_luma, context, tried[i].levels, tried[i].end);
      const Score score = outcome.score(segment_.lambda_mode);
      if (i == 0 || score < least) {
        least = score;
        best = i;
        best_outcome = outcome;
      }
    }
    BlockLevels& levels = block_levels_[block];
    if (coder_.effort.weigh) {
      const Weighed weighed = weigh(coefficients + 16 * best, segment_.luma, kind_luma, context,
                                    coder_.costs, segment_.lambda_luma, levels.levels);
      levels.end = weighed.end;
      best_outcome.distortion = weighed.distortion;
      best_outcome.cost = mode_costs[modes[best]] +
                          block_cost(coder_.costs, kind_luma, context, levels.levels, levels.end);
    } else {
      levels = tried[best];
    }
    sum.distortion += best_outcome.distortion;
    sum.cost += best_outcome.cost;
    return modes[best];
  }

  void CodeChroma(Macroblock& made) {
    const Beside blue = BesideIn(1);
    const Beside red = BesideIn(2);
    const std::size_t usable = coder_.usable_whole_modes();
    std::int64_t least = 0;
    for (std::size_t mode = 0; mode < usable; ++mode) {
      PredictWhole(blue, 2, static_cast<WholeMode>(mode), chroma_predicted_[mode]);
      PredictWhole(red, 2, static_cast<WholeMode>(mode), chroma_predicted_[mode] + 64);
      const std::int64_t cost =
          256 * std::int64_t{HadamardSum(chroma_, chroma_predicted_[mode], 8)} +
          std::int64_t{segment_.lambda_satd} * chroma_mode_costs[mode];
      if (mode == 0 || cost < least) {
        least = cost;
        made.chroma = static_cast<WholeMode>(mode);
      }
    }
    coder_.mode_cost += chroma_mode_costs[made.chroma];
    const std::uint8_t* predicted = chroma_predicted_[made.chroma];
    Transform(chroma_, 16, predicted, 8, coefficients_[0]);
    for (std::size_t block = 0; block < 8; ++block) {
      BlockLevels& levels = chroma_levels_[block];
      const bool is_red = block >= 4;
      std::uint8_t& a = (is_red ? above_.red : above_.blue)[block % 2];
      std::uint8_t& l = (is_red ? left_.red : left_.blue)[block / 2 % 2];
      if (coder_.effort.weigh) {
        levels.end = weigh(coefficients_[block], segment_.chroma, kind_chroma,
                           static_cast<std::size_t>(a + l), coder_.costs, segment_.lambda_chroma,
                           levels.levels)
                         .end;
      } else {
        Quantise(coefficients_[block], segment_.chroma, levels);
      }
      a = l = levels.end > 0 ? 1 : 0;
      Band& band = coder_.bands[is_red ? 2 : 1];
      Reconstruct(levels.levels, segment_.chroma, nullptr, predicted + 16 * block,
                  band.at(8 * x_ + 4 * (block % 2)) + 4 * (block / 2 % 2) * band.stride,
                  band.stride);
    }
  }

  // Appends the macroblock to the coder's results.
  void Keep(Macroblock& made) {
    const BlockLevels* luma = made.by_blocks ? block_levels_ : whole_levels_;
    const std::size_t first = made.by_blocks ? 0 : 1;
    bool any = !made.by_blocks && second_.end > 0;
    for (std::size_t block = 0; block < 16; ++block) any = any || luma[block].end > first;
    for (const BlockLevels& levels : chroma_levels_) any = any || levels.end > 0;
    made.skipped = !any;
    coder_.macroblocks.push_back(made);
    if (!any) {
      // Context for neighbours; empty blocks have already updated theirs.
      if (!made.by_blocks) above_.second = left_.second = 0;
      return;
    }
    if (!made.by_blocks) {
      KeepBlock(second_);
      above_.second = left_.second = second_.end > 0 ? 1 : 0;
    }
    for (std::size_t block = 0; block < 16; ++block) KeepBlock(luma[block]);
    for (const BlockLevels& levels : chroma_levels_) KeepBlock(levels);
  }

  void KeepBlock(const BlockLevels& block) {
    coder_.levels.push_back(static_cast<std::int16_t>(block.end));
    coder_.levels.insert(coder_.levels.end(), block.levels, block.levels + block.end);
  }

  Coder& coder_;
  const std::size_t x_;
  const Segment& segment_;
  Side& above_;
  Side& left_;
  Outcome whole_;
  alignas(32) std::uint8_t luma_[256];
  alignas(32) std::uint8_t chroma_[128];
  alignas(32) std::uint8_t predicted_[whole_modes][256];
  alignas(32) std::uint8_t chroma_predicted_[whole_modes][128];
  alignas(32) std::uint8_t block_predicted_[16 * block_modes];
  alignas(32) std::int16_t coefficients_[16][16];
  std::int16_t dc_[16];
  BlockLevels second_;
  BlockLevels whole_levels_[16];
  BlockLevels block_levels_[16];
  BlockLevels chroma_levels_[8];
};

}  // namespace HWY_NAMESPACE
}  // namespace imgmill::webp
HWY_AFTER_NAMESPACE();

#endif
