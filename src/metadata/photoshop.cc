// Layout according to Adobe's "Photoshop File Formats Specification", Image Resource Blocks.
#include "metadata/photoshop.h"

#include "metadata/bytes.h"

namespace imgmill::metadata {
namespace {
constexpr std::uint16_t iptc_resource = 0x0404;
}

Buffer iptc_in_photoshop(ByteView resources) {
  std::size_t at = 0;
  // Signature, number, name (length byte and characters, padded to even), size.
  while (fits(resources, at, 12)) {
    const std::uint16_t number = u16be(resources, at + 4);
    const std::size_t name_size = 1 + std::size_t{u8(resources, at + 6)};
    const std::size_t size_at = at + 6 + name_size + name_size % 2;
    if (!fits(resources, size_at, 4)) break;
    const std::size_t size = u32be(resources, size_at);
    if (!fits(resources, size_at + 4, size)) break;
    if (number == iptc_resource && starts_with(resources.subspan(at), "8BIM")) {
      return Buffer::copy_of(resources.subspan(size_at + 4, size));
    }
    at = size_at + 4 + size + size % 2;
  }
  return {};
}

Buffer photoshop_with_iptc(ByteView iptc) {
  ByteWriter out(iptc.size() + 13);
  out.append("8BIM");
  out.u16be(iptc_resource);
  out.zeros(2);
  out.u32be(iptc.size());
  out.append(iptc);
  out.zeros(iptc.size() % 2);
  return out.take();
}

}  // namespace imgmill::metadata
