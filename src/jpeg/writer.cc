#include "jpeg/writer.h"

#include <algorithm>

#include "base/try.h"

namespace imgmill::jpeg {
namespace {

// T.81, table B.1.
enum Marker : std::uint8_t {
  baseline = 0xC0,
  extended = 0xC1,
  progressive_frame = 0xC2,
  huffman_codes = 0xC4,
  start_of_image = 0xD8,
  end_of_image = 0xD9,
  start_of_scan = 0xDA,
  quantisation = 0xDB,
};

class FileWriter {
 public:
  std::vector<std::uint8_t> bytes;

  void marker(std::uint8_t code) {
    bytes.push_back(0xFF);
    bytes.push_back(code);
  }
  void byte(std::size_t value) { bytes.push_back(static_cast<std::uint8_t>(value)); }
  void word(std::size_t value) {
    byte(value >> 8 & 0xFF);
    byte(value & 0xFF);
  }
  void segment(std::uint8_t code, std::size_t content) {
    marker(code);
    word(content + 2);
  }
};

// Writes each distinct table once. Returns the table slot of each plane.
std::vector<std::size_t> write_steps(FileWriter& out, const Picture& picture, bool& wide) {
  std::vector<const Steps*> tables;
  std::vector<std::size_t> slots;
  for (const Plane& plane : picture.planes) {
    const auto same =
        std::ranges::find_if(tables, [&](const Steps* table) { return *table == plane.steps; });
    slots.push_back(static_cast<std::size_t>(same - tables.begin()));
    if (same == tables.end()) tables.push_back(&plane.steps);
  }
  const auto is_wide = [](const Steps& steps) { return std::ranges::max(steps) > 255; };
  std::size_t content = 0;
  for (const Steps* table : tables) content += is_wide(*table) ? 129 : 65;
  out.segment(quantisation, content);
  for (std::size_t slot = 0; slot < tables.size(); ++slot) {
    const bool two_bytes = is_wide(*tables[slot]);
    wide = wide || two_bytes;
    out.byte((two_bytes ? 0x10U : 0U) | slot);
    for (const std::uint8_t natural : zigzag) {
      const std::uint16_t step = (*tables[slot])[natural];
      two_bytes ? out.word(step) : out.byte(step);
    }
  }
  return slots;
}

void write_frame(FileWriter& out, const Picture& picture, std::uint8_t kind,
                 const std::vector<std::size_t>& slots) {
  out.segment(kind, 6 + 3 * picture.planes.size());
  out.byte(8);
  out.word(picture.height);
  out.word(picture.width);
  out.byte(picture.planes.size());
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    const Plane& plane = picture.planes[i];
    out.byte(plane.id);
    out.byte(static_cast<std::size_t>(plane.across << 4 | plane.down));
    out.byte(slots[i]);
  }
}

void write_code(FileWriter& out, std::size_t kind, std::size_t slot, const HuffmanCode& code) {
  if (code.symbols.empty()) return;
  out.segment(huffman_codes, code.definition_size());
  out.byte(kind << 4 | slot);
  for (std::size_t bits = 1; bits <= 16; ++bits) out.byte(code.counts[bits]);
  out.bytes.insert(out.bytes.end(), code.symbols.begin(), code.symbols.end());
}

void write_scan_header(FileWriter& out, const CodedPicture& coded, const Scan& scan,
                       bool progressive, const ScanCodes& codes) {
  for (std::size_t slot = 0; slot < 2; ++slot) {
    write_code(out, 0, slot, codes.dc[slot]);
    write_code(out, 1, slot, codes.ac[slot]);
  }
  out.segment(start_of_scan, 4 + 2 * scan.planes.size());
  out.byte(scan.planes.size());
  for (const int plane : scan.planes) {
    const auto at = static_cast<std::size_t>(plane);
    const std::size_t slot = scan.first == 0 ? coded.code_of[at] : 0;
    const std::size_t dc = scan.first == 0 && scan.high == 0 ? slot : 0;
    const std::size_t ac = progressive ? 0 : slot;
    out.byte(coded.picture.planes[at].id);
    out.byte(dc << 4 | ac);
  }
  out.byte(static_cast<std::size_t>(scan.first));
  // A progressive scan that begins with DC contains nothing else.
  out.byte(static_cast<std::size_t>(progressive && scan.first == 0 ? 0 : scan.last));
  out.byte(static_cast<std::size_t>(scan.high << 4 | scan.low));
}

// True if decoders of 8-bit samples accept all size classes (T.81, tables F.1 and F.2).
bool in_range(const ScanHistograms& counts) {
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t symbol = 0; symbol < 256; ++symbol) {
      if (counts.dc[i][symbol] > 0 && symbol > 11) return false;
      if (counts.ac[i][symbol] > 0 && (symbol & 15) > 10) return false;
    }
  }
  return true;
}

}  // namespace

Result<Buffer> write_jpeg(const Picture& picture, ScanSearch search) {
  const CodedPicture coded(picture);
  const Script script = best_script(coded, search);

  FileWriter out;
  out.marker(start_of_image);
  for (const Segment& segment : picture.segments) {
    out.segment(segment.marker, segment.data.size());
    for (const std::byte byte : segment.data) out.byte(std::to_integer<std::size_t>(byte));
  }
  bool wide = false;
  const std::vector<std::size_t> slots = write_steps(out, picture, wide);
  write_frame(out, picture,
              script.progressive ? progressive_frame
              : wide             ? extended
                                 : baseline,
              slots);
  for (const Scan& scan : script.scans) {
    const ScanHistograms counts = count_scan(coded, scan, script.progressive);
    if (!in_range(counts)) {
      return fail(ErrorCode::unsupported, "its coefficients are beyond what JPEG decoders accept",
                  "it was left as it is");
    }
    const ScanCodes codes = codes_for(counts);
    write_scan_header(out, coded, scan, script.progressive, codes);
    BitWriter bits(out.bytes);
    write_scan(coded, scan, script.progressive, codes, bits);
    bits.finish();
  }
  out.marker(end_of_image);
  std::vector<std::byte> bytes(out.bytes.size());
  std::ranges::transform(out.bytes, bytes.begin(),
                         [](std::uint8_t byte) { return std::byte{byte}; });
  return Buffer::adopt(std::move(bytes));
}

}  // namespace imgmill::jpeg
