#include "metadata/raw_file.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "metadata/bytes.h"
#include "metadata/tiff_view.h"

namespace imgmill {
namespace {

using namespace std::string_view_literals;
using metadata::TiffEntry;
using metadata::TiffIfd;
using metadata::TiffView;
namespace tag = metadata::tag;

struct Magic {
  std::size_t at;
  std::string_view bytes;
  std::string_view name;
};

constexpr std::array magics = {
    Magic{0, "FUJIFILMCCD-RAW"sv, "Fujifilm raw file (RAF)"sv},
    Magic{0, "IIRO"sv, "Olympus raw file (ORF)"sv},
    Magic{0, "IIRS"sv, "Olympus raw file (ORF)"sv},
    Magic{0, "MMOR"sv, "Olympus raw file (ORF)"sv},
    Magic{0, "IIU\0"sv, "Panasonic or Leica raw file (RW2)"sv},
    Magic{0, "\0MRM"sv, "Minolta raw file (MRW)"sv},
    Magic{0, "FOVb"sv, "Sigma raw file (X3F)"sv},
    Magic{6, "HEAPCCDR"sv, "Canon raw file (CRW)"sv},
    Magic{8, "CR\x02"sv, "Canon raw file (CR2)"sv},
    Magic{8, "IIII"sv, "Phase One raw file (IIQ)"sv},
    Magic{8, "MMMM"sv, "Phase One raw file (IIQ)"sv},
    Magic{4, "ftypcrx "sv, "Canon raw file (CR3)"sv},
};

// Camera makers' names for their raw files.
struct Maker {
  std::string_view name;  // prefix of Make, lower case
  std::string_view file;
};
constexpr std::array makers = {
    Maker{"nikon", "Nikon raw file (NEF)"},       Maker{"sony", "Sony raw file (ARW)"},
    Maker{"pentax", "Pentax raw file (PEF)"},     Maker{"ricoh", "Pentax raw file (PEF)"},
    Maker{"samsung", "Samsung raw file (SRW)"},   Maker{"hasselblad", "Hasselblad raw file (3FR)"},
    Maker{"seiko epson", "Epson raw file (ERF)"}, Maker{"eastman kodak", "Kodak raw file (DCR)"},
    Maker{"kodak", "Kodak raw file (KDC)"},       Maker{"mamiya", "Mamiya raw file (MEF)"},
    Maker{"leaf", "Leaf raw file (MOS)"},         Maker{"phase one", "Phase One raw file (IIQ)"},
    Maker{"canon", "Canon raw file (TIF)"},
};

// PhotometricInterpretation of sensor data: CFA, LinearRaw, and the depth maps with them.
constexpr std::array<std::uint32_t, 2> sensor_pixels = {32803, 34892};
// Compressions used by cameras only: Nikon, Sony, Samsung (two), Kodak (two), Pentax, DNG's lossy
// JPEG.
constexpr std::array<std::uint32_t, 8> sensor_compressions = {34713, 32767, 32770, 32772,
                                                              32867, 65000, 65535, 34892};
constexpr std::uint16_t compression = 0x0103, photometric = 0x0106, cfa_pattern = 0x828E,
                        leaf_data = 0x8606, cr2_slices = 0xC640;
// Cameras write only a few.
constexpr std::size_t most_directories = 64;

template <std::size_t N>
bool any_of(const std::array<std::uint32_t, N>& known, std::uint32_t value) {
  return std::ranges::find(known, value) != known.end();
}

bool is_of_a_sensor(const TiffView& tiff, const TiffIfd& ifd) {
  const auto number = [&](std::uint16_t which) {
    const TiffEntry* entry = ifd.find(which);
    return entry == nullptr ? 0 : tiff.number(*entry);
  };
  return any_of(sensor_pixels, number(photometric)) ||
         any_of(sensor_compressions, number(compression)) || ifd.find(cfa_pattern) != nullptr ||
         ifd.find(leaf_data) != nullptr || ifd.find(cr2_slices) != nullptr;
}

std::string_view name_by_maker(const TiffView& tiff, const TiffIfd& first) {
  const TiffEntry* entry = first.find(tag::make);
  const std::string make = entry == nullptr ? "" : lower_case(as_text(tiff.value(*entry)));
  for (const Maker& maker : makers) {
    if (make.starts_with(maker.name)) return maker.file;
  }
  return "camera raw file";
}

std::optional<std::string_view> raw_tiff(const TiffView& tiff) {
  const auto first = tiff.ifd(tiff.first());
  if (!first) return std::nullopt;
  if (first->find(tag::dng_version) != nullptr) return "raw file (DNG)";
  std::set<std::uint32_t> seen;
  std::vector<std::uint32_t> waiting{tiff.first()};
  while (!waiting.empty() && seen.size() < most_directories) {
    const std::uint32_t at = waiting.back();
    waiting.pop_back();
    if (!seen.insert(at).second) continue;
    const auto ifd = tiff.ifd(at);
    if (!ifd) continue;
    if (is_of_a_sensor(tiff, *ifd)) return name_by_maker(tiff, *first);
    if (ifd->next != 0) waiting.push_back(ifd->next);
    if (const TiffEntry* below = ifd->find(tag::sub_ifds)) {
      const std::size_t count = std::min(tiff.numbers(*below), most_directories);
      for (std::size_t i = 0; i < count; ++i) waiting.push_back(tiff.number(*below, i));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> camera_raw_by_start(ByteView start) {
  const bool tiff =
      metadata::starts_with(start, "II*\0"sv) || metadata::starts_with(start, "MM\0*"sv);
  for (const Magic& magic : magics) {
    const bool needs_tiff = magic.at == 8;
    if (metadata::starts_with(metadata::from(start, magic.at), magic.bytes) &&
        (tiff || !needs_tiff)) {
      return magic.name;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> camera_raw(ByteView file) {
  if (const auto name = camera_raw_by_start(file)) return name;
  const auto tiff = TiffView::open(file);
  return tiff ? raw_tiff(*tiff) : std::nullopt;
}

}  // namespace imgmill
