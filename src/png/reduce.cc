#include "png/reduce.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>

namespace imgmill::png {
namespace {

// A copy of the picture's properties, without rows.
Raster shell(const Raster& raster, Colour colour, int bits) {
  Raster out;
  out.width = raster.width;
  out.height = raster.height;
  out.colour = colour;
  out.bits = bits;
  out.background = raster.background;
  return out;
}

void make_room(Raster& raster) { raster.rows.resize(raster.stride() * raster.height); }

bool is_even(const Triple& colour) { return colour[0] == colour[1] && colour[1] == colour[2]; }

// Calls visit(sample) for all samples or indices of fewer than 8 bits, row by row.
template <typename Visit>
void for_each_packed(const Raster& raster, const Visit& visit) {
  const unsigned bits = static_cast<unsigned>(raster.bits);
  const unsigned mask = (1U << bits) - 1;
  const std::size_t stride = raster.stride();
  for (std::uint32_t y = 0; y < raster.height; ++y) {
    const std::uint8_t* row = raster.rows.data() + y * stride;
    unsigned shift = 8;
    for (std::uint32_t x = 0; x < raster.width; ++x) {
      if (shift == 0) {
        shift = 8;
        ++row;
      }
      shift -= bits;
      visit(static_cast<std::uint8_t>(*row >> shift & mask));
    }
  }
}

// Packs one value per pixel into rows of `bits` per pixel.
void pack(const std::vector<std::uint8_t>& values, Raster& raster) {
  if (raster.bits == 8) {
    raster.rows = values;
    return;
  }
  make_room(raster);
  const unsigned bits = static_cast<unsigned>(raster.bits);
  const std::size_t stride = raster.stride();
  const std::uint8_t* value = values.data();
  for (std::uint32_t y = 0; y < raster.height; ++y) {
    std::uint8_t* row = raster.rows.data() + y * stride;
    unsigned shift = 8;
    for (std::uint32_t x = 0; x < raster.width; ++x) {
      if (shift == 0) {
        shift = 8;
        ++row;
      }
      shift -= bits;
      *row = static_cast<std::uint8_t>(*row | *value++ << shift);
    }
  }
}

// Loads a pixel of `size` bytes as a big-endian number.
template <std::size_t size>
std::uint64_t load(const std::uint8_t* pixel) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | pixel[i];
  return value;
}

// Calls f<bytes>() with the pixel size as a compile-time constant.
template <typename F>
auto with_pixel_size(const Raster& raster, F&& f) {
  switch (raster.pixel_bits() / 8) {
    case 1:
      return f.template operator()<1>();
    case 2:
      return f.template operator()<2>();
    case 3:
      return f.template operator()<3>();
    case 4:
      return f.template operator()<4>();
    case 6:
      return f.template operator()<6>();
    default:
      return f.template operator()<8>();
  }
}

// The transparent colour as a pixel.
std::uint64_t key_pixel(const Raster& raster) {
  const auto bits = static_cast<unsigned>(raster.bits);
  const Triple& key = *raster.key;
  if (is_grey(raster.colour)) return key[0];
  return std::uint64_t{key[0]} << 2 * bits | std::uint64_t{key[1]} << bits | key[2];
}

Triple as_triple(std::uint64_t pixel, const Raster& raster) {
  const auto bits = static_cast<unsigned>(raster.bits);
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  const auto part = [&](unsigned index) {
    return static_cast<std::uint16_t>(pixel >> index * bits & mask);
  };
  if (is_grey(raster.colour)) return {part(0), part(0), part(0)};
  return {part(2), part(1), part(0)};
}

// A pixel without its last sample, the alpha.
template <std::size_t size>
std::uint64_t colour_of(const std::uint8_t* pixel, std::size_t sample) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i + sample < size; ++i) value = value << 8 | pixel[i];
  return value;
}

Raster spread_palette(const Raster& raster) {
  const bool alpha =
      std::ranges::any_of(raster.palette, [](const Entry& e) { return e[3] != 255; });
  Raster out = shell(raster, alpha ? Colour::rgb_alpha : Colour::rgb, 8);
  make_room(out);
  std::uint8_t* to = out.rows.data();
  const std::size_t bytes = out.step();
  for_each_packed(raster, [&](std::uint8_t index) {
    std::memcpy(to, raster.palette[index].data(), bytes);
    to += bytes;
  });
  return out;
}

/// At most 256 colours and their indices; a small hash table, because it is used for every pixel.
class ColourTable {
 public:
  ColourTable() { slots_.fill(none); }

  /// Returns the index of `colour`; -1 if it would be the 257th.
  int number_of(std::uint32_t colour) {
    std::size_t slot = colour * 0x9E3779B1U >> (32 - bits);
    while (slots_[slot] != none) {
      if (colours_[slots_[slot]] == colour) return slots_[slot];
      slot = (slot + 1) % slots_.size();
    }
    if (colours_.size() == 256) return -1;
    slots_[slot] = static_cast<std::uint16_t>(colours_.size());
    colours_.push_back(colour);
    return slots_[slot];
  }
  [[nodiscard]] const std::vector<std::uint32_t>& colours() const { return colours_; }

 private:
  static constexpr unsigned bits = 11;
  static constexpr std::uint16_t none = 0xFFFF;
  std::array<std::uint16_t, 1U << bits> slots_;
  std::vector<std::uint32_t> colours_;
};

// An 8-bit pixel as 0xRRGGBBAA.
template <std::size_t size>
std::uint32_t rgba(const std::uint8_t* pixel) {
  if constexpr (size <= 2) {
    return pixel[0] * 0x01010100U + (size == 2 ? pixel[1] : 255U);
  } else {
    return std::uint32_t{pixel[0]} << 24 | std::uint32_t{pixel[1]} << 16 |
           std::uint32_t{pixel[2]} << 8 | (size == 4 ? pixel[3] : 255U);
  }
}

int bits_for(std::size_t entries) {
  if (entries <= 2) return 1;
  if (entries <= 4) return 2;
  return entries <= 16 ? 4 : 8;
}

}  // namespace

Raster spread(Raster raster) {
  if (raster.colour == Colour::palette) return spread_palette(raster);
  if (raster.bits >= 8) return raster;
  Raster out = shell(raster, Colour::grey, 8);
  const int factor = 255 / ((1 << raster.bits) - 1);
  out.rows.reserve(raster.pixels());
  for_each_packed(raster, [&](std::uint8_t sample) {
    out.rows.push_back(static_cast<std::uint8_t>(sample * factor));
  });
  for (const auto& [from, to] :
       {std::pair{&raster.key, &out.key}, std::pair{&raster.background, &out.background}}) {
    if (!*from) continue;
    const auto grey = static_cast<std::uint16_t>((**from)[0] * factor);
    *to = {grey, grey, grey};
  }
  return out;
}

std::optional<Raster> narrowed(const Raster& raster) {
  if (raster.bits != 16) return std::nullopt;
  const auto is_wide = [](std::uint16_t sample) { return sample >> 8 != (sample & 0xFF); };
  if (raster.background && std::ranges::any_of(*raster.background, is_wide)) return std::nullopt;
  for (std::size_t i = 0; i < raster.rows.size(); i += 2) {
    if (raster.rows[i] != raster.rows[i + 1]) return std::nullopt;
  }
  Raster out = shell(raster, raster.colour, 8);
  make_room(out);
  for (std::size_t i = 0; i < out.rows.size(); ++i) out.rows[i] = raster.rows[2 * i];
  const auto narrow = [](Triple& colour) {
    for (std::uint16_t& sample : colour) sample &= 0xFF;
  };
  if (out.background) narrow(*out.background);
  // If the key needs 16 bits, no pixel has it any more.
  if (raster.key && std::ranges::none_of(*raster.key, is_wide)) {
    out.key = raster.key;
    narrow(*out.key);
  }
  return out;
}

std::optional<Raster> without_key(const Raster& raster) {
  if (!raster.key || raster.bits < 8) return std::nullopt;
  const std::uint64_t key = key_pixel(raster);
  const bool used = with_pixel_size(raster, [&]<std::size_t size>() {
    for (std::size_t i = 0; i + size <= raster.rows.size(); i += size) {
      if (load<size>(&raster.rows[i]) == key) return true;
    }
    return false;
  });
  if (used) return std::nullopt;
  Raster out = raster;
  out.key.reset();
  return out;
}

std::optional<Raster> without_alpha(const Raster& raster, HiddenColours hidden) {
  if (!has_alpha(raster.colour)) return std::nullopt;
  const std::size_t sample = static_cast<std::size_t>(raster.bits) / 8;
  const std::uint64_t opaque = raster.bits == 8 ? 0xFF : 0xFFFF;
  return with_pixel_size(raster, [&]<std::size_t size>() -> std::optional<Raster> {
    std::optional<std::uint64_t> key;
    const std::size_t colour_bytes = size - sample;
    for (std::size_t i = 0; i < raster.rows.size(); i += size) {
      const std::uint8_t* pixel = &raster.rows[i];
      const std::uint64_t alpha = load<size>(pixel) & opaque;
      if (alpha == opaque) continue;
      if (alpha != 0) return std::nullopt;
      const std::uint64_t colour = colour_of<size>(pixel, sample);
      if (!key) key = colour;
      if (hidden == HiddenColours::kept && colour != *key) return std::nullopt;
    }
    if (key) {
      // The transparent colour must not be that of a visible pixel.
      std::unordered_set<std::uint64_t> used;
      for (std::size_t i = 0; i < raster.rows.size(); i += size) {
        const std::uint8_t* pixel = &raster.rows[i];
        if ((load<size>(pixel) & opaque) == 0) continue;
        const std::uint64_t colour = colour_of<size>(pixel, sample);
        if (hidden == HiddenColours::kept) {
          if (colour == *key) return std::nullopt;
        } else {
          used.insert(colour);
        }
      }
      if (hidden == HiddenColours::free) {
        const std::uint64_t colours = std::uint64_t{1}
                                      << std::min<std::size_t>(8 * colour_bytes, 63);
        for (key = 0; used.contains(*key); ++*key) {
          if (*key + 1 == colours) return std::nullopt;
        }
      }
    }
    Raster out = shell(raster, is_grey(raster.colour) ? Colour::grey : Colour::rgb, raster.bits);
    make_room(out);
    std::uint8_t* to = out.rows.data();
    for (std::size_t i = 0; i < raster.rows.size(); i += size, to += colour_bytes) {
      const std::uint8_t* pixel = &raster.rows[i];
      if (key && (load<size>(pixel) & opaque) == 0) {
        for (std::size_t k = 0; k < colour_bytes; ++k) {
          to[k] = static_cast<std::uint8_t>(*key >> 8 * (colour_bytes - 1 - k));
        }
      } else {
        std::memcpy(to, pixel, colour_bytes);
      }
    }
    if (key) out.key = as_triple(*key, out);
    return out;
  });
}

std::optional<Raster> as_grey(const Raster& raster) {
  if (raster.colour != Colour::rgb && raster.colour != Colour::rgb_alpha) return std::nullopt;
  if (raster.background && !is_even(*raster.background)) return std::nullopt;
  const std::size_t sample = static_cast<std::size_t>(raster.bits) / 8;
  return with_pixel_size(raster, [&]<std::size_t size>() -> std::optional<Raster> {
    for (std::size_t i = 0; i < raster.rows.size(); i += size) {
      const std::uint8_t* pixel = &raster.rows[i];
      if (std::memcmp(pixel, pixel + sample, 2 * sample) != 0) return std::nullopt;
    }
    const bool alpha = has_alpha(raster.colour);
    Raster out = shell(raster, alpha ? Colour::grey_alpha : Colour::grey, raster.bits);
    make_room(out);
    std::uint8_t* to = out.rows.data();
    for (std::size_t i = 0; i < raster.rows.size(); i += size, to += size - 2 * sample) {
      std::memcpy(to, &raster.rows[i] + 2 * sample, size - 2 * sample);
    }
    // A key that is not grey matches no grey pixel.
    if (raster.key && is_even(*raster.key)) out.key = raster.key;
    return out;
  });
}

std::optional<Raster> in_fewer_bits(const Raster& raster) {
  if (raster.colour != Colour::grey || raster.bits != 8) return std::nullopt;
  std::array<bool, 256> used{};
  for (const std::uint8_t sample : raster.rows) used[sample] = true;
  if (raster.background) used[(*raster.background)[0]] = true;
  int bits = 1;
  for (int sample = 0; sample < 256; ++sample) {
    if (!used[static_cast<std::size_t>(sample)]) continue;
    while (bits < 8 && sample % (255 / ((1 << bits) - 1)) != 0) bits *= 2;
  }
  if (bits == 8) return std::nullopt;
  const int factor = 255 / ((1 << bits) - 1);
  Raster out = shell(raster, Colour::grey, bits);
  std::vector<std::uint8_t> samples(raster.rows.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::uint8_t>(raster.rows[i] / factor);
  }
  pack(samples, out);
  for (auto* colour : {&out.key, &out.background}) {
    const auto& from = colour == &out.key ? raster.key : raster.background;
    if (!from) continue;
    // A key between two levels matches no pixel.
    if ((*from)[0] % factor != 0) continue;
    const auto grey = static_cast<std::uint16_t>((*from)[0] / factor);
    *colour = {grey, grey, grey};
  }
  return out;
}

std::optional<Raster> with_palette(const Raster& raster) {
  if (raster.bits != 8 || raster.colour == Colour::palette) return std::nullopt;
  ColourTable table;
  std::vector<std::uint8_t> indices;
  const bool fits = with_pixel_size(raster, [&]<std::size_t size>() {
    if constexpr (size > 4) {
      return false;
    } else {
      const bool keyed = raster.key.has_value();
      const std::uint64_t key = keyed ? key_pixel(raster) : 0;
      std::uint32_t last = 0;
      int index = -1;
      for (std::size_t i = 0; i < raster.rows.size(); i += size) {
        const std::uint8_t* pixel = &raster.rows[i];
        std::uint32_t colour = rgba<size>(pixel);
        if (keyed && load<size>(pixel) == key) colour &= ~0xFFU;
        if (index < 0 || colour != last) {
          last = colour;
          index = table.number_of(colour);
          if (index < 0) return false;
          // Photographs never get here.
          if (indices.empty()) indices.reserve(raster.pixels());
        }
        indices.push_back(static_cast<std::uint8_t>(index));
      }
      return true;
    }
  });
  if (!fits) return std::nullopt;

  Raster out = shell(raster, Colour::palette, 8);
  for (const std::uint32_t colour : table.colours()) {
    out.palette.push_back(
        {static_cast<std::uint8_t>(colour >> 24), static_cast<std::uint8_t>(colour >> 16),
         static_cast<std::uint8_t>(colour >> 8), static_cast<std::uint8_t>(colour)});
  }
  if (out.background) {
    const Triple& behind = *out.background;
    const bool there = std::ranges::any_of(out.palette, [&](const Entry& entry) {
      return Triple{entry[0], entry[1], entry[2]} == behind;
    });
    if (!there) {
      if (out.palette.size() == 256) return std::nullopt;
      out.palette.push_back({static_cast<std::uint8_t>(behind[0]),
                             static_cast<std::uint8_t>(behind[1]),
                             static_cast<std::uint8_t>(behind[2]), 255});
    }
  }
  out.bits = bits_for(out.palette.size());
  pack(indices, out);
  return out;
}

Raster cleaned(const Raster& raster, Cleaning cleaning) {
  Raster out = raster;
  if (!has_alpha(raster.colour)) return out;
  const std::size_t size = raster.pixel_bits() / 8;
  const std::size_t sample = static_cast<std::size_t>(raster.bits) / 8;
  const std::size_t stride = raster.stride();
  for (std::size_t i = 0; i < out.rows.size(); i += size) {
    std::uint8_t* pixel = &out.rows[i];
    const bool visible = pixel[size - 1] != 0 || pixel[size - sample] != 0;
    if (visible) continue;
    if (cleaning == Cleaning::black) {
      std::memset(pixel, 0, size - sample);
    } else if (i % stride != 0) {
      std::memcpy(pixel, pixel - size, size - sample);
    } else if (i >= stride) {
      std::memcpy(pixel, pixel - stride, size - sample);
    }
  }
  return out;
}

}  // namespace imgmill::png
