#include "codecs/jpeg_coefficients.h"

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

extern "C" {
#include <jerror.h>
#include <jpeglib.h>
}

#include "base/try.h"

namespace imgmill {
namespace {

// A progressive file may claim any number of scans, each a pass over the whole
// picture. Encoders write about ten.
constexpr int max_scans = 200;

// Encoders in cameras pad the end of the data; more than a few stray bytes there
// mean that the decoder lost its way.
constexpr int max_stray_bytes = 32;

// Everything libjpeg needs to find its way back to us. Plain data: longjmp runs
// no destructors, so nothing with one may live where it jumps over.
struct Trap {
  jpeg_error_mgr manager;
  jmp_buf way_out;
  char message[JMSG_LENGTH_MAX];
  int code;
  char damage[JMSG_LENGTH_MAX];  // first warning that means lost picture data
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

Error error_of(const Trap& trap) {
  const int code = trap.code;
  if (code == JERR_BAD_PRECISION) {
    return Error(ErrorCode::unsupported, "a JPEG with 12 bits a sample cannot be read",
                 "convert it with the program that made it");
  }
  if (code == JERR_SOF_UNSUPPORTED) {
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

// In zigzag order, as the tables stand in files.
constexpr std::array<int, 64> zigzag = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

// The part of the tables that tells qualities apart and does not saturate:
// the first 36 steps in zigzag order.
constexpr std::size_t telling_steps = 36;
constexpr std::array<int, telling_steps> annex_k = {16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17,
                                                    16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
                                                    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72};
constexpr std::array<int, telling_steps> robidoux = {
    16, 16, 16, 16, 17, 16, 18, 20, 20, 18, 25, 27, 24, 27, 25, 37, 34, 31,
    31, 34, 37, 56, 40, 43, 40, 43, 40, 56, 85, 53, 62, 53, 53, 62, 53, 85};

bool header_into(Decoder& decoder) {
  if (setjmp(decoder.trap.way_out) != 0) return false;
  jpeg_read_header(&decoder.info, TRUE);
  return true;
}

// Reads all coefficients; null on failure.
jvirt_barray_ptr* coefficients_of(Decoder& decoder) {
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

// libjpeg writes these two itself where they belong.
bool is_written_anyway(const jpeg_compress_struct& encoder, const jpeg_marker_struct& marker) {
  const auto starts = [&](const char* name) {
    return marker.data_length >= 5 && std::memcmp(marker.data, name, 5) == 0;
  };
  return (encoder.write_JFIF_header && marker.marker == JPEG_APP0 && starts("JFIF\0")) ||
         (encoder.write_Adobe_marker && marker.marker == JPEG_APP0 + 14 && starts("Adobe"));
}

struct Encoder {
  jpeg_compress_struct info{};
  Trap trap{};
  unsigned char* bytes = nullptr;
  unsigned long size = 0;

  Encoder() {
    set_trap(trap);
    info.err = &trap.manager;
    if (setjmp(trap.way_out) != 0) return;
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, &size);
  }
  ~Encoder() {
    jpeg_destroy_compress(&info);
    std::free(bytes);
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  [[nodiscard]] Buffer take() {
    auto* block = reinterpret_cast<std::byte*>(bytes);
    const std::size_t length = size;
    bytes = nullptr;
    return Buffer::adopt(block, length, [](std::byte* data) { std::free(data); });
  }
};

bool write_into(Encoder& encoder, Decoder& decoder, jvirt_barray_ptr* coefficients,
                bool progressive) {
  if (setjmp(encoder.trap.way_out) != 0) return false;
  jpeg_copy_critical_parameters(&decoder.info, &encoder.info);
  encoder.info.optimize_coding = TRUE;
  encoder.info.arith_code = FALSE;
  encoder.info.restart_interval = 0;
  encoder.info.restart_in_rows = 0;
  if (progressive) jpeg_simple_progression(&encoder.info);
  jpeg_write_coefficients(&encoder.info, coefficients);
  for (jpeg_saved_marker_ptr marker = decoder.info.marker_list; marker != nullptr;
       marker = marker->next) {
    if (is_written_anyway(encoder.info, *marker)) continue;
    jpeg_write_marker(&encoder.info, marker->marker, marker->data, marker->data_length);
  }
  jpeg_finish_compress(&encoder.info);
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

bool start_rows(Decoder& decoder) {
  if (setjmp(decoder.trap.way_out) != 0) return false;
  jpeg_start_decompress(&decoder.info);
  return true;
}

}  // namespace

Result<JpegHeader> read_jpeg_header(ByteView input) {
  Decoder decoder(input);
  if (!header_into(decoder)) return std::unexpected(error_of(decoder.trap));
  const jpeg_decompress_struct& info = decoder.info;
  JpegHeader header;
  header.width = info.image_width;
  header.height = info.image_height;
  header.components = info.num_components;
  header.progressive = info.progressive_mode != FALSE;
  header.cmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  if (info.num_components > 0) {
    const int slot = info.comp_info[0].quant_tbl_no;
    if (slot >= 0 && slot < NUM_QUANT_TBLS && info.quant_tbl_ptrs[slot] != nullptr) {
      std::ranges::copy(info.quant_tbl_ptrs[slot]->quantval, header.luma_steps.begin());
    }
  }
  return header;
}

Result<Buffer> transcode_jpeg(ByteView input) {
  // Below this size the headers of ten scans may weigh more than they save.
  constexpr std::size_t small_file = 64 * 1024;

  Decoder decoder(input);
  jvirt_barray_ptr* coefficients = coefficients_of(decoder);
  if (coefficients == nullptr) return std::unexpected(error_of(decoder.trap));
  if (decoder.trap.damage[0] != '\0') return std::unexpected(damage_error(decoder.trap.damage));

  Encoder progressive;
  if (!write_into(progressive, decoder, coefficients, true)) {
    return std::unexpected(error_of(progressive.trap));
  }
  Buffer best = progressive.take();
  if (input.size() < small_file) {
    Encoder sequential;
    if (!write_into(sequential, decoder, coefficients, false)) {
      return std::unexpected(error_of(sequential.trap));
    }
    if (sequential.size < best.size()) best = sequential.take();
  }
  if (!finish(decoder)) return std::unexpected(error_of(decoder.trap));
  return best;
}

Result<JpegPixels> decode_small_jpeg(ByteView input) {
  Decoder decoder(input);
  if (!header_into(decoder)) return std::unexpected(error_of(decoder.trap));
  const bool grey = decoder.info.num_components == 1;
  decoder.info.out_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
  if (!start_rows(decoder)) return std::unexpected(error_of(decoder.trap));

  JpegPixels out{.width = decoder.info.output_width,
                 .height = decoder.info.output_height,
                 .channels = decoder.info.output_components};
  if (decoder.info.density_unit == 1) out.dots_per_mm = decoder.info.X_density / 25.4;
  if (decoder.info.density_unit == 2) out.dots_per_mm = decoder.info.X_density / 10.0;
  const std::size_t row = std::size_t{out.width} * static_cast<std::size_t>(out.channels);
  std::unique_ptr<unsigned char, decltype(&std::free)> samples(
      static_cast<unsigned char*>(std::malloc(row * out.height)), &std::free);
  if (samples == nullptr) throw std::bad_alloc();
  if (!decode_all(decoder, samples.get(), row)) return std::unexpected(error_of(decoder.trap));
  if (decoder.trap.damage[0] != '\0') return std::unexpected(damage_error(decoder.trap.damage));
  out.samples = samples.release();
  return out;
}

std::string diagnose_jpeg(ByteView input) {
  Decoder decoder(input);
  if (!header_into(decoder) || !start_rows(decoder)) return decoder.trap.message;
  std::vector<JSAMPLE> row(std::size_t{decoder.info.output_width} *
                           static_cast<std::size_t>(decoder.info.output_components));
  if (!decode_rows(decoder, row.data())) return decoder.trap.message;
  return decoder.trap.damage;
}

int estimate_jpeg_quality(const std::array<std::uint16_t, 64>& luma_steps) {
  const auto misfit = [&](const std::array<int, telling_steps>& base, int quality) {
    const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    double sum = 0;
    for (std::size_t i = 0; i < telling_steps; ++i) {
      const int step = std::clamp((base[i] * scale + 50) / 100, 1, 255);
      const int found = std::max<int>(luma_steps[static_cast<std::size_t>(zigzag[i])], 1);
      sum += std::abs(found - step) / static_cast<double>(found + step);
    }
    return sum;
  };
  int best_quality = 1;
  double best = std::numeric_limits<double>::infinity();
  for (int quality = 1; quality <= 100; ++quality) {
    const double sum = std::min(misfit(annex_k, quality), misfit(robidoux, quality));
    if (sum < best) {
      best = sum;
      best_quality = quality;
    }
  }
  return best_quality;
}

}  // namespace imgmill
