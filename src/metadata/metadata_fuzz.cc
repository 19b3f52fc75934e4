// libFuzzer target: metadata of any container. The first byte chooses format and policy, the rest
// is the file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "imgmill/format.h"
#include "metadata/exif.h"
#include "metadata/inventory.h"
#include "metadata/isobmff.h"
#include "metadata/jpeg_segments.h"
#include "metadata/metadata.h"
#include "metadata/raw_file.h"
#include "metadata/xmp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imgmill;
  if (size == 0) return 0;
  const auto formats = static_cast<unsigned>(imgmill::formats().size());
  const auto format = static_cast<Format>(data[0] % formats);
  const unsigned policy = data[0] / formats;
  const ByteView file = std::as_bytes(std::span(data + 1, size - 1));
  const Keep keep = policy % 3 == 0 ? Keep{} : policy % 3 == 1 ? Keep::all() : Keep::none();

  const MetadataBlocks blocks = read_metadata(file, format);
  const ExifFacts facts = read_exif(blocks.exif.view());
  const Buffer exif = filter_exif(blocks.exif.view(), keep, facts.orientation, policy % 2 == 0);
  if (const auto once = rewrite_metadata(file, format, keep, exif.view())) {
    const auto twice = rewrite_metadata(once->bytes.view(), format, keep, exif.view());
    // A file accepted once is accepted again, and the second rewrite changes nothing.
    if (!twice || !std::ranges::equal(once->bytes.view(), twice->bytes.view())) std::abort();
  }
  const NewMetadata fresh{blocks.exif.view(), blocks.xmp.view(), blocks.iptc.view()};
  (void)insert_metadata(file, format, fresh);
  (void)carry_unknown(file, Buffer::copy_of(file), format, keep);
  for (const Holding& holding : inventory_of(file, format)) {
    // Every view lies inside the file.
    const ByteView bytes = holding.bytes;
    if (!bytes.empty() &&
        (bytes.data() < file.data() || bytes.data() + bytes.size() > file.data() + file.size())) {
      std::abort();
    }
  }
  (void)camera_raw(file);
  (void)read_xmp(file);
  (void)has_gain_map_or_mpf(file);
  (void)avif_facts(file);
  return 0;
}
