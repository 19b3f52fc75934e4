#include "jpeg/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <string_view>

extern "C" {
#include <jerror.h>
#include <jpeglib.h>
}

#include "base/try.h"

namespace imgmill::jpeg {
namespace {

// A progressive file may claim any number of scans, each a pass over the whole picture. Encoders
// write about ten.
constexpr int max_scans = 200;

// Encoders in cameras pad the end of the data; more than a few stray bytes there mean that the
// decoder lost synchronization.
constexpr int max_stray_bytes = 32;

// The state libjpeg needs to return to our code. Plain data: longjmp runs no destructors, so no
// object with one may be in a frame that it skips.
struct Trap {
  jpeg_error_mgr manager;
  jmp_buf way_out;
  char message[JMSG_LENGTH_MAX];
  int code;
  char damage[JMSG_LENGTH_MAX];  // first warning that means lost picture data
  int stray;                     // number of bytes skipped without a warning
};

Trap& trap_of(j_common_ptr info) { return *reinterpret_cast<Trap*>(info->err); }

void on_error(j_common_ptr info) {
  Trap& trap = trap_of(info);
  trap.code = trap.manager.msg_code;
  trap.manager.format_message(info, trap.message);
  longjmp(trap.way_out, 1);
}

bool is_harmless(const jpeg_error_mgr& manager) {
  switch (manager.msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
      return true;
    case JWRN_EXTRANEOUS_DATA:
      return manager.msg_parm.i[0] <= max_stray_bytes && manager.msg_parm.i[1] == 0xD9;
    default:
      return false;
  }
}

void on_message(j_common_ptr info, int level) {
  Trap& trap = trap_of(info);
  if (level >= 0) return;
  ++trap.manager.num_warnings;
  if (trap.manager.msg_code == JWRN_EXTRANEOUS_DATA) trap.stray += trap.manager.msg_parm.i[0];
  if (trap.damage[0] == '\0' && !is_harmless(trap.manager)) {
    trap.manager.format_message(info, trap.damage);
  }
}

void on_output(j_common_ptr) {}

void set_trap(Trap& trap) {
  std::memset(&trap, 0, sizeof trap);
  jpeg_std_error(&trap.manager);
  trap.manager.error_exit = on_error;
  trap.manager.emit_message = on_message;
  trap.manager.output_message = on_output;
}

void count_scans(j_common_ptr info) {
  auto* decoder = reinterpret_cast<j_decompress_ptr>(info);
  if (decoder->input_scan_number > max_scans) {
    Trap& trap = trap_of(info);
    std::snprintf(trap.message, sizeof trap.message, "more than %d scans", max_scans);
    trap.code = -1;
    longjmp(trap.way_out, 1);
  }
}

struct Decoder {
  jpeg_decompress_struct info;
  jpeg_progress_mgr progress;
  Trap trap;

  explicit Decoder(ByteView input) : info{}, progress{}, trap{} {
    set_trap(trap);
    info.err = &trap.manager;
    if (setjmp(trap.way_out) != 0) return;
    jpeg_create_decompress(&info);
    progress.progress_monitor = count_scans;
    info.progress = &progress;
    jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(input.data()),
                 static_cast<unsigned long>(input.size()));
  }
  ~Decoder() { jpeg_destroy_decompress(&info); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
};

Error error_of(const Decoder& decoder) {
  const Trap& trap = decoder.trap;
  const int code = trap.code;
  if (code == JERR_BAD_PRECISION) {
    return Error(ErrorCode::unsupported, "a JPEG with 12 bits a sample cannot be read",
                 "convert it with the program that made it");
  }
  // If a picture has already begun, this is corrupt data that looks like a header.
  if (code == JERR_SOF_UNSUPPORTED && decoder.info.image_width == 0) {
    return Error(ErrorCode::unsupported,
                 "a lossless or hierarchical JPEG (a kind hardly anything reads) cannot be read",
                 "convert it with the program that made it");
  }
  if (code == JERR_IMAGE_TOO_BIG) {
    return Error(ErrorCode::limit, "a side of more than 65,500 pixels, which is too long for JPEG",
                 "no decoder reads it; restore the file from a copy");
  }
  if (code == JERR_OUT_OF_MEMORY) {
    return Error(ErrorCode::limit, "there was not enough memory for this JPEG",
                 "run fewer images at once (--jobs)");
  }
  return Error(ErrorCode::bad_input, fmt::format("the JPEG data is damaged ({})", trap.message),
               "restore the file from a copy; it was left as it is");
}

Error damage_error(const char* damage) {
  return Error(ErrorCode::bad_input, fmt::format("the JPEG data is damaged ({})", damage),
               "restore the file from a copy; it was left as it is");
}

bool header_into(Decoder& decoder) {
  if (decoder.info.src == nullptr) return false;  // empty input
  if (setjmp(decoder.trap.way_out) != 0) return false;
  jpeg_read_header(&decoder.info, TRUE);
  return true;
}

// Reads all coefficients. Returns null on failure.
jvirt_barray_ptr* coefficients_of(Decoder& decoder) {
  if (decoder.info.src == nullptr) return nullptr;
  if (setjmp(decoder.trap.way_out) != 0) return nullptr;
  jpeg_save_markers(&decoder.info, JPEG_COM, 0xFFFF);
  for (int marker = 0; marker < 16; ++marker) {
    jpeg_save_markers(&decoder.info, JPEG_APP0 + marker, 0xFFFF);
  }
  jpeg_read_header(&decoder.info, TRUE);
  return jpeg_read_coefficients(&decoder.info);
}

bool finish(Decoder& decoder) {
  if (setjmp(decoder.trap.way_out) != 0) return false;
  jpeg_finish_decompress(&decoder.info);
  return true;
}

// Copies rows of blocks into `plane`; libjpeg may have to fetch them.
bool copy_levels(Decoder& decoder, jvirt_barray_ptr rows, Plane& plane) {
  if (setjmp(decoder.trap.way_out) != 0) return false;
  auto* info = reinterpret_cast<j_common_ptr>(&decoder.info);
  const std::size_t row_size = std::size_t{plane.blocks_wide} * sizeof(JBLOCK);
  for (std::uint32_t row = 0; row < plane.blocks_high; ++row) {
    JBLOCKARRAY blocks = decoder.info.mem->access_virt_barray(info, rows, row, 1, FALSE);
    std::memcpy(plane.block(std::size_t{row} * plane.blocks_wide), blocks[0], row_size);
  }
  return true;
}

bool same_levels(Decoder& decoder, jvirt_barray_ptr rows, const Plane& plane) {
  if (setjmp(decoder.trap.way_out) != 0) return false;
  auto* info = reinterpret_cast<j_common_ptr>(&decoder.info);
  const std::size_t row_size = std::size_t{plane.blocks_wide} * sizeof(JBLOCK);
  for (std::uint32_t row = 0; row < plane.blocks_high; ++row) {
    JBLOCKARRAY blocks = decoder.info.mem->access_virt_barray(info, rows, row, 1, FALSE);
    const auto* wanted = plane.block(std::size_t{row} * plane.blocks_wide);
    if (std::memcmp(wanted, blocks[0], row_size) != 0) return false;
  }
  return true;
}

bool decode_rows(Decoder& decoder, JSAMPLE* row) {
  if (setjmp(decoder.trap.way_out) != 0) return false;
  JSAMPROW rows[1] = {row};
  while (decoder.info.output_scanline < decoder.info.output_height) {
    jpeg_read_scanlines(&decoder.info, rows, 1);
  }
  jpeg_finish_decompress(&decoder.info);
  return true;
}

bool decode_all(Decoder& decoder, JSAMPLE* samples, std::size_t row) {
  if (setjmp(decoder.trap.way_out) != 0) return false;
  while (decoder.info.output_scanline < decoder.info.output_height) {
    JSAMPROW rows[1] = {samples + row * decoder.info.output_scanline};
    jpeg_read_scanlines(&decoder.info, rows, 1);
  }
  jpeg_finish_decompress(&decoder.info);
  return true;
}

// The next MCU row of each plane; the last one ends the file.
bool decode_band(Decoder& decoder, JSAMPIMAGE planes) {
  if (setjmp(decoder.trap.way_out) != 0) return false;
  const jpeg_decompress_struct& info = decoder.info;
  jpeg_read_raw_data(&decoder.info, planes,
                     static_cast<JDIMENSION>(info.max_v_samp_factor * info.min_DCT_scaled_size));
  if (info.output_scanline >= info.output_height) jpeg_finish_decompress(&decoder.info);
  return true;
}

// True if an end-of-image marker follows the last scan, even if it belongs to a preview.
// Entropy-coded data cannot contain these bytes; segments can.
bool ends_somewhere(ByteView input) {
  const std::string_view text = as_text(input);
  if (text.ends_with("\xFF\xD9")) return true;
  const std::size_t end = text.rfind("\xFF\xD9");
  const std::size_t scan = text.rfind("\xFF\xDA");
  return end != std::string_view::npos && (scan == std::string_view::npos || end > scan);
}

// True if the scans that were read contain every bit of every coefficient.
bool all_bits_came(const jpeg_decompress_struct& info) {
  for (int i = 0; i < info.num_components; ++i) {
    if (info.comp_info[i].quant_table == nullptr) return false;  // no scan has contained it
    if (info.coef_bits == nullptr) continue;
    const auto& bits = info.coef_bits[i];
    // -1: never sent; more than 0: this many low bits are still missing.
    if (std::any_of(std::begin(bits), std::end(bits), [](int left) { return left != 0; })) {
      return false;
    }
  }
  return true;
}

// From the JFIF header, horizontally; 72 dpi where it is silent.
double density_of(const jpeg_decompress_struct& info) {
  if (info.density_unit == 1) return info.X_density / 25.4;
  if (info.density_unit == 2) return info.X_density / 10.0;
  return 72 / 25.4;
}

bool start_rows(Decoder& decoder) {
  if (setjmp(decoder.trap.way_out) != 0) return false;
  jpeg_start_decompress(&decoder.info);
  return true;
}

}  // namespace

Result<Header> read_header(ByteView input) {
  Decoder decoder(input);
  if (!header_into(decoder)) return std::unexpected(error_of(decoder));
  const jpeg_decompress_struct& info = decoder.info;
  Header header;
  header.width = info.image_width;
  header.height = info.image_height;
  header.components = info.num_components;
  header.progressive = info.progressive_mode != FALSE;
  header.cmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  header.samples_a_pixel = 0;
  for (int i = 0; i < info.num_components; ++i) {
    const jpeg_component_info& component = info.comp_info[i];
    header.samples_a_pixel +=
        static_cast<double>(component.h_samp_factor) * component.v_samp_factor /
        (static_cast<double>(info.max_h_samp_factor) * info.max_v_samp_factor);
  }
  if (info.num_components > 0) {
    const int slot = info.comp_info[0].quant_tbl_no;
    if (slot >= 0 && slot < NUM_QUANT_TBLS && info.quant_tbl_ptrs[slot] != nullptr) {
      std::ranges::copy(info.quant_tbl_ptrs[slot]->quantval, header.luma_steps.begin());
    }
  }
  return header;
}

Result<Picture> read_picture(ByteView input) {
  Decoder decoder(input);
  jvirt_barray_ptr* coefficients = coefficients_of(decoder);
  if (coefficients == nullptr) return std::unexpected(error_of(decoder));
  if (decoder.trap.damage[0] != '\0') return std::unexpected(damage_error(decoder.trap.damage));

  const jpeg_decompress_struct& info = decoder.info;
  const bool has_chroma = info.jpeg_color_space == JCS_YCbCr || info.jpeg_color_space == JCS_YCCK;
  Picture picture{.width = info.image_width,
                  .height = info.image_height,
                  .chroma = has_chroma ? Chroma::second_and_third : Chroma::none};
  for (int i = 0; i < info.num_components; ++i) {
    const jpeg_component_info& component = info.comp_info[i];
    if (component.quant_table == nullptr) {
      return std::unexpected(damage_error("a quantisation table is missing"));
    }
    Plane plane;
    plane.across = component.h_samp_factor;
    plane.down = component.v_samp_factor;
    plane.blocks_wide = component.width_in_blocks;
    plane.blocks_high = component.height_in_blocks;
    plane.id = static_cast<std::uint8_t>(component.component_id);
    std::ranges::copy(component.quant_table->quantval, plane.steps.begin());
    plane.allocate();
    if (!copy_levels(decoder, coefficients[i], plane)) {
      return std::unexpected(error_of(decoder));
    }
    picture.planes.push_back(std::move(plane));
  }
  for (jpeg_saved_marker_ptr marker = info.marker_list; marker != nullptr; marker = marker->next) {
    const auto* data = reinterpret_cast<const std::byte*>(marker->data);
    picture.segments.push_back({marker->marker, {data, data + marker->data_length}});
  }
  if (!finish(decoder)) return std::unexpected(error_of(decoder));
  if (decoder.trap.damage[0] != '\0') return std::unexpected(damage_error(decoder.trap.damage));
  return picture;
}

bool holds_picture(ByteView input, const Picture& picture) {
  Decoder decoder(input);
  jvirt_barray_ptr* coefficients = coefficients_of(decoder);
  const jpeg_decompress_struct& info = decoder.info;
  if (coefficients == nullptr || info.image_width != picture.width ||
      info.image_height != picture.height ||
      static_cast<std::size_t>(info.num_components) != picture.planes.size()) {
    return false;
  }
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    const jpeg_component_info& component = info.comp_info[i];
    const Plane& plane = picture.planes[i];
    const bool same_layout =
        plane.across == component.h_samp_factor && plane.down == component.v_samp_factor &&
        plane.blocks_wide == component.width_in_blocks &&
        plane.blocks_high == component.height_in_blocks && component.quant_table != nullptr &&
        std::ranges::equal(component.quant_table->quantval, plane.steps);
    if (!same_layout || !same_levels(decoder, coefficients[i], plane)) return false;
  }
  return finish(decoder) && decoder.trap.damage[0] == '\0';
}

std::optional<Buffer> with_end_marker(ByteView input) {
  if (input.empty() || ends_somewhere(input)) return std::nullopt;
  // If the marker was cut in half, its first byte is present.
  const bool half = input.back() == std::byte{0xFF};
  Buffer mended = Buffer::uninitialised(input.size() + (half ? 1 : 2));
  std::ranges::copy(input, mended.data());
  mended.data()[mended.size() - 2] = std::byte{0xFF};
  mended.data()[mended.size() - 1] = std::byte{0xD9};

  Decoder decoder(mended.view());
  if (coefficients_of(decoder) == nullptr || decoder.info.arith_code != FALSE ||
      !all_bits_came(decoder.info)) {
    return std::nullopt;
  }
  // A warning means truncated data; remaining bytes mean that the data was not read up to our
  // marker.
  if (!finish(decoder) || decoder.trap.damage[0] != '\0' ||
      decoder.info.src->bytes_in_buffer != 0) {
    return std::nullopt;
  }
  return mended;
}

Result<Pixels> decode_pixels(ByteView input) {
  Decoder decoder(input);
  if (!header_into(decoder)) return std::unexpected(error_of(decoder));
  const bool grey = decoder.info.num_components == 1;
  decoder.info.out_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
  if (!start_rows(decoder)) return std::unexpected(error_of(decoder));

  Pixels out{.width = decoder.info.output_width,
             .height = decoder.info.output_height,
             .channels = decoder.info.output_components};
  out.dots_per_mm = density_of(decoder.info);
  const std::size_t row = std::size_t{out.width} * static_cast<std::size_t>(out.channels);
  std::unique_ptr<unsigned char, decltype(&std::free)> samples(
      static_cast<unsigned char*>(std::malloc(row * out.height)), &std::free);
  if (samples == nullptr) throw std::bad_alloc();
  if (!decode_all(decoder, samples.get(), row)) return std::unexpected(error_of(decoder));
  if (decoder.trap.damage[0] != '\0') return std::unexpected(damage_error(decoder.trap.damage));
  out.samples = samples.release();
  return out;
}

struct PlaneReader::State {
  explicit State(ByteView input) : decoder(input) {}

  struct Rows {
    std::vector<std::uint8_t> samples;
    std::vector<JSAMPROW> starts;
    std::uint32_t first = 0;  // of the band, in the plane
  };

  Decoder decoder;
  double dots_per_mm = 0;
  std::vector<Plane> planes;
  std::vector<Rows> bands;
};

PlaneReader::PlaneReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
PlaneReader::PlaneReader(PlaneReader&&) noexcept = default;
PlaneReader& PlaneReader::operator=(PlaneReader&&) noexcept = default;
PlaneReader::~PlaneReader() = default;

Result<PlaneReader> PlaneReader::open(ByteView input, int shrink) {
  auto state = std::make_unique<State>(input);
  Decoder& decoder = state->decoder;
  if (!header_into(decoder)) return std::unexpected(error_of(decoder));
  jpeg_decompress_struct& info = decoder.info;
  const bool ycc = info.num_components == 3 && info.jpeg_color_space == JCS_YCbCr;
  if (!ycc && info.num_components != 1) {
    return fail(ErrorCode::unsupported, "the JPEG is neither grey nor YCbCr");
  }
  info.raw_data_out = TRUE;
  info.scale_num = 1;
  info.scale_denom = static_cast<unsigned>(shrink);
  if (!start_rows(decoder)) return std::unexpected(error_of(decoder));
  state->dots_per_mm = density_of(info);
  for (int i = 0; i < info.num_components; ++i) {
    const jpeg_component_info& component = info.comp_info[i];
    const int scaled = component.DCT_scaled_size;
    const int most_across = info.max_h_samp_factor * info.min_DCT_scaled_size;
    const int most_down = info.max_v_samp_factor * info.min_DCT_scaled_size;
    const int own_across = component.h_samp_factor * scaled;
    const int own_down = component.v_samp_factor * scaled;
    const auto once_or_twice = [](int most, int own) { return own == most || 2 * own == most; };
    if (!once_or_twice(most_across, own_across) || !once_or_twice(most_down, own_down) ||
        (i == 0 && (own_across != most_across || own_down != most_down))) {
      return fail(ErrorCode::unsupported, "the JPEG's planes are of unusual sizes");
    }
    const auto padded = (std::size_t{component.width_in_blocks} +
                         static_cast<std::size_t>(component.h_samp_factor)) *
                        static_cast<std::size_t>(scaled);
    State::Rows rows;
    rows.samples.resize(padded * static_cast<std::size_t>(own_down));
    for (int y = 0; y < own_down; ++y) {
      rows.starts.push_back(rows.samples.data() + padded * static_cast<std::size_t>(y));
    }
    state->planes.push_back({.width = component.downsampled_width,
                             .height = component.downsampled_height,
                             .across = most_across / own_across,
                             .down = most_down / own_down,
                             .rows = rows.samples.data(),
                             .stride = padded,
                             .count = 0});
    state->bands.push_back(std::move(rows));
  }
  return PlaneReader(std::move(state));
}

Result<bool> PlaneReader::next() {
  Decoder& decoder = state_->decoder;
  if (decoder.info.output_scanline >= decoder.info.output_height) {
    if (decoder.trap.damage[0] != '\0') return std::unexpected(damage_error(decoder.trap.damage));
    return false;
  }
  std::array<JSAMPARRAY, 3> starts{};
  for (std::size_t i = 0; i < state_->bands.size(); ++i) starts[i] = state_->bands[i].starts.data();
  if (!decode_band(decoder, starts.data())) return std::unexpected(error_of(decoder));
  for (std::size_t i = 0; i < state_->bands.size(); ++i) {
    State::Rows& band = state_->bands[i];
    Plane& plane = state_->planes[i];
    plane.count =
        std::min(static_cast<std::uint32_t>(band.starts.size()), plane.height - band.first);
    band.first += plane.count;
  }
  return true;
}

std::span<const PlaneReader::Plane> PlaneReader::planes() const { return state_->planes; }
double PlaneReader::dots_per_mm() const { return state_->dots_per_mm; }

std::string diagnose(ByteView input, StrayBytes stray) {
  Decoder decoder(input);
  if (!header_into(decoder)) return decoder.trap.message;
  // At an eighth of each side no inverse DCT is needed, but every code is still read.
  decoder.info.scale_num = 1;
  decoder.info.scale_denom = 8;
  if (!start_rows(decoder)) return decoder.trap.message;
  std::vector<JSAMPLE> row(std::size_t{decoder.info.output_width} *
                           static_cast<std::size_t>(decoder.info.output_components));
  if (!decode_rows(decoder, row.data())) return decoder.trap.message;
  if (stray == StrayBytes::refuse && decoder.trap.stray != 0) return "stray bytes at its end";
  return decoder.trap.damage;
}

}  // namespace imgmill::jpeg
