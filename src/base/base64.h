// Base64 (RFC 4648).
#pragma once

#include <string>
#include <string_view>

#include "imgmill/buffer.h"

namespace imgmill {

/// The alphabet of base64_url() in the order of its values.
inline constexpr std::string_view base64_url_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Section 4, padded with '='.
[[nodiscard]] std::string base64(ByteView bytes);
/// Section 5, for addresses and file names; not padded.
[[nodiscard]] std::string base64_url(ByteView bytes);

}  // namespace imgmill
