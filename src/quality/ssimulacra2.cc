#include "quality/ssimulacra2.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <optional>

#include "base/try.h"
#include "quality/linear_rgb.h"
#include "quality/local_errors.h"
#include "quality/ssimulacra2_simd.h"
#include "quality/ssimulacra2_weights.h"

namespace imgmill {

using namespace quality;

namespace {

/// Memory aligned to a cache line.
struct AlignedBuffer {
  struct Free {
    void operator()(std::byte* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<std::byte, Free> bytes;
  std::size_t size = 0;
};

/// Recycles a thread's scratch memory: otherwise the system would have to clear fresh pages, which
/// takes a third of the preparation time. Memory of pictures larger than some 10 megapixels is not
/// kept.
class Spare {
 public:
  /// The contents are unspecified.
  static AlignedBuffer take(std::size_t size) {
    std::vector<AlignedBuffer>& kept = of_this_thread();
    for (auto one = kept.begin(); one != kept.end(); ++one) {
      // Do not use a picture's memory for a mere sample of a picture.
      if (one->size < size || one->size / 2 > size) continue;
      AlignedBuffer found = std::move(*one);
      kept.erase(one);
      return found;
    }
    // Round up, so that the next picture may be slightly larger. Untouched pages cost nothing.
    const std::size_t grain = std::max(std::bit_ceil(size) / 8, cache_line);
    AlignedBuffer fresh;
    fresh.size = (size + grain - 1) / grain * grain;
    fresh.bytes.reset(static_cast<std::byte*>(std::aligned_alloc(cache_line, fresh.size)));
    if (fresh.bytes == nullptr) throw std::bad_alloc();
    return fresh;
  }

  static void give(AlignedBuffer memory) {
    std::vector<AlignedBuffer>& kept = of_this_thread();
    kept.insert(kept.begin(), std::move(memory));
    std::size_t total = 0;
    const auto too_much = [&](const AlignedBuffer& one) { return (total += one.size) > most; };
    kept.erase(std::ranges::find_if(kept, too_much), kept.end());
  }

 private:
  static constexpr std::size_t most = std::size_t{128} << 20;
  static std::vector<AlignedBuffer>& of_this_thread() {
    thread_local std::vector<AlignedBuffer> kept;
    return kept;
  }
};

/// A bump allocator within one allocation. A first pass without memory measures the required size.
class Arena {
 public:
  explicit Arena(std::byte* memory = nullptr) : memory_(memory) {}
  [[nodiscard]] std::size_t used() const { return used_; }

  template <typename Sample>
  Sample* take(std::size_t count) {
    const std::size_t at = used_;
    used_ += (count * sizeof(Sample) + cache_line - 1) / cache_line * cache_line;
    return memory_ == nullptr ? nullptr : reinterpret_cast<Sample*>(memory_ + at);
  }
  template <typename Sample>
  Rows<Sample> take_rows(const ScaleJob& job) {
    const std::size_t step = row_floats(job.width);
    Sample* const first = take<Sample>(step * job.height);
    return {first == nullptr ? nullptr : first + Rows<Sample>::margin, step};
  }

 private:
  std::byte* memory_;
  std::size_t used_ = 0;
};

using Jobs = std::vector<ScaleJob>;

/// With six scales, the first three have weights so small that all of them together change a score
/// by about a thousandth, but cost more than the others: without them, no scale before the fourth
/// needs the third channel, and the first scale needs only the second channel. The difference only
/// shows for a candidate that differs in nothing but colour from pixel to pixel (see the tests).
constexpr double faint = 0.002;
constexpr std::size_t faint_scales = 3;

constexpr Need need_of(std::size_t channel, std::size_t scale, std::size_t scales) {
  const double* w = weights_of(channel, scale, scales);
  const double least = scales == most_scales && scale < faint_scales ? faint : 0;
  const auto weighs = [&](Norm norm) { return w[norm] > least; };
  return {weighs(structure_1) || weighs(structure_4),
          weighs(ringing_1) || weighs(ringing_4) || weighs(blur_1) || weighs(blur_4)};
}

/// The assumptions of the code for the fine scales.
constexpr bool fine_needs_are_few() {
  for (std::size_t scale = 0; scale < fine_scales; ++scale) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const double* w = weights_of(channel, scale, most_scales);
      for (const Norm norm : {structure_1, ringing_1, blur_1, ringing_4}) {
        if (w[norm] > faint) return false;
      }
      const Need need = need_of(channel, scale, most_scales);
      if (need.edges && !need.structure) return false;
      if (channel == 2 && need.any()) return false;
    }
  }
  return true;
}
static_assert(fine_needs_are_few());

Jobs jobs_for(std::size_t width, std::size_t height) {
  Jobs jobs(scales_of(width, height));
  for (std::size_t scale = 0; scale < jobs.size(); ++scale) {
    ScaleJob& job = jobs[scale];
    // With fewer scales the weights belong to other channels (see `weights`), some of which see
    // hardly anything but noise in grey pictures.
    job.fine = scale < fine_scales && jobs.size() == most_scales;
    job.width = width;
    job.height = height;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      job.need[channel] = need_of(channel, scale, jobs.size());
    }
    width = (width + 1) / 2;
    height = (height + 1) / 2;
  }
  return jobs;
}

/// Allocates the data kept per original.
void place_original(Arena& arena, Jobs& jobs) {
  for (ScaleJob& job : jobs) {
    for (std::size_t c = 0; c < 3; ++c) {
      if (!job.need[c].any()) continue;
      const bool little = job.original != nullptr;
      if (job.fine) {
        if (!little) job.fixed_values[c] = arena.take_rows<std::int16_t>(job);
      } else {
        job.values[c] = arena.take_rows<float>(job);
        if (little) continue;
        job.means[c] = arena.take_rows<float>(job);
        if (job.need[c].structure) job.squares[c] = arena.take_rows<float>(job);
      }
    }
  }
}

/// Allocates scratch memory.
void place_work(Arena& arena, Jobs& jobs) {
  for (std::size_t scale = 0; scale < jobs.size(); ++scale) {
    ScaleJob& job = jobs[scale];
    if (job.fine) continue;
    for (std::size_t c = 0; c < 3; ++c) {
      job.light[c] = arena.take_rows<float>(job);
      if (scale > 0) jobs[scale - 1].next[c] = job.light[c];
    }
  }
  // Whole vectors are read beyond the last row of light as well.
  arena.take<float>(cache_line);
  std::size_t most = 0;
  for (const ScaleJob& job : jobs) {
    most = std::max(most, scratch_floats(job));
  }
  float* const room = arena.take<float>(most);
  for (ScaleJob& job : jobs) job.scratch = room;
}

/// Fills the padding outside the picture with zeros, in fixed point.
void clear_fixed(const Jobs& jobs) {
  constexpr std::size_t margin = Rows<std::int16_t>::margin;
  for (const ScaleJob& job : jobs) {
    for (const Rows<std::int16_t>& rows : job.fixed_values) {
      if (rows.first == nullptr) continue;
      for (std::size_t y = 0; y < job.height; ++y) {
        std::fill_n(rows.at(y) - margin, margin, fixed_zero);
        std::fill_n(rows.at(y) + job.width, rows.step - margin - job.width, fixed_zero);
      }
    }
  }
}

}  // namespace

struct Ssimulacra2::State {
  std::uint32_t width = 0;  // before enlarging small pictures
  std::uint32_t height = 0;
  VectorCode code{};
  Jobs first;  // for the original as it is, or on the dark background
  Jobs other;  // for the original on the bright background; empty if it is opaque
  std::optional<LinearRgbReader> original;  // with Kept::little
  AlignedBuffer memory;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    // What a large picture took is better returned.
    if (memory.bytes != nullptr && !original) Spare::give(std::move(memory));
  }

  void place();
  void run(const Jobs& jobs) const;
  void prepare(Jobs jobs, const LinearRgbReader& reader, Background background) const;
  [[nodiscard]] Similarity compare(Jobs jobs, const LinearRgbReader& reader, Background background,
                                   Detail detail) const;
};

void Ssimulacra2::State::place() {
  const auto place_all = [this](Arena& arena) {
    place_original(arena, first);
    place_original(arena, other);
    place_work(arena, first);
  };
  Arena measured;
  place_all(measured);
  memory = Spare::take(measured.used());
  Arena arena(memory.bytes.get());
  place_all(arena);
  for (std::size_t scale = 0; scale < other.size(); ++scale) {
    other[scale].light = first[scale].light;
    other[scale].next = first[scale].next;
    other[scale].scratch = first[scale].scratch;
  }
  clear_fixed(first);
  clear_fixed(other);
}

void Ssimulacra2::State::run(const Jobs& jobs) const {
  const bool fine = jobs.front().fine;
  if (fine) code.fine(jobs[0], jobs[1]);
  for (std::size_t scale = fine ? fine_scales : 0; scale < jobs.size(); ++scale) {
    code.coarse(jobs[scale]);
  }
}

void Ssimulacra2::State::prepare(Jobs jobs, const LinearRgbReader& reader,
                                 Background background) const {
  jobs.front().reader = &reader;
  for (ScaleJob& job : jobs) {
    job.kind = ScaleJob::Kind::prepare;
    job.background = background;
  }
  run(jobs);
}

Similarity Ssimulacra2::State::compare(Jobs jobs, const LinearRgbReader& reader,
                                       Background background, Detail detail) const {
  std::optional<LocalErrors> local;
  if (detail == Detail::local) local.emplace(reader.width(), reader.height());
  std::vector<std::array<Sums, 3>> sums(jobs.size());
  jobs.front().reader = &reader;
  for (std::size_t scale = 0; scale < jobs.size(); ++scale) {
    ScaleJob& job = jobs[scale];
    job.kind = ScaleJob::Kind::compare;
    job.background = background;
    job.sums = &sums[scale];
    if (local) job.sink = &local->of_scale(scale);
  }
  run(jobs);
  double error = 0;
  for (std::size_t scale = 0; scale < jobs.size(); ++scale) {
    const ScaleJob& job = jobs[scale];
    const double pixels = static_cast<double>(job.width) * static_cast<double>(job.height);
    for (std::size_t c = 0; c < 3; ++c) {
      error += weighted_norms(sums[scale][c], pixels, weights_of(c, scale, jobs.size()));
    }
  }
  Similarity result;
  result.score = score_of(error);
  if (local) {
    local->fold();
    result.local = local->cells(reader.factor());
    result.worst = local->worst(reader.factor());
  }
  return result;
}

Ssimulacra2::Ssimulacra2(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ssimulacra2::Ssimulacra2(Ssimulacra2&&) noexcept = default;
Ssimulacra2& Ssimulacra2::operator=(Ssimulacra2&&) noexcept = default;
Ssimulacra2::~Ssimulacra2() = default;

Result<Ssimulacra2> Ssimulacra2::prepare(const PixelView& original, Kept kept) {
  IMGMILL_TRY(const LinearRgbReader reader, LinearRgbReader::create(original));
  auto state = std::make_unique<State>();
  state->width = original.width;
  state->height = original.height;
  state->code = vector_code();
  state->first = jobs_for(reader.width(), reader.height());
  const bool transparent = reader.transparent();
  if (transparent) {
    state->other = state->first;
  } else if (kept == Kept::little && state->first.front().fine) {
    state->original = reader;
    for (ScaleJob& job : state->first) job.original = &*state->original;
  }
  state->place();
  state->prepare(state->first, reader, transparent ? Background::dark : Background::none);
  if (transparent) state->prepare(state->other, reader, Background::bright);
  return Ssimulacra2(std::move(state));
}

Result<Similarity> Ssimulacra2::compare(const PixelView& candidate, Detail detail) {
  IMGMILL_TRY(const LinearRgbReader reader, LinearRgbReader::create(candidate));
  IMGMILL_CHECK(same_size(state_->width, state_->height, candidate));
  const bool seen_through = !state_->other.empty();
  if (!seen_through && !reader.transparent()) {
    return state_->compare(state_->first, reader, Background::none, detail);
  }
  Similarity dark = state_->compare(state_->first, reader, Background::dark, detail);
  Similarity bright = state_->compare(seen_through ? state_->other : state_->first, reader,
                                      Background::bright, detail);
  return dark.score <= bright.score ? std::move(dark) : std::move(bright);
}

}  // namespace imgmill
