// The table of formats: names and capabilities. To add a format, add its row here, and one in
// codecs/registry.cc with the functions that read and write it.
#pragma once

#include <array>
#include <string_view>

#include "imgmill/format.h"

namespace imgmill {
namespace format_extensions {

inline constexpr std::string_view jpeg[] = {"jpg", "jpeg", "jpe", "jfif"};
inline constexpr std::string_view png[] = {"png", "apng"};
inline constexpr std::string_view webp[] = {"webp"};
inline constexpr std::string_view avif[] = {"avif"};
inline constexpr std::string_view gif[] = {"gif"};
inline constexpr std::string_view tiff[] = {"tif", "tiff"};
inline constexpr std::string_view jpegxl[] = {"jxl"};
inline constexpr std::string_view heic[] = {"heic", "heif", "hif"};
inline constexpr std::string_view svg[] = {"svg", "svgz"};
inline constexpr std::string_view qoi[] = {"qoi"};

}  // namespace format_extensions

/// In the order of `Format`.
inline constexpr FormatInfo format_table[] = {
    {.format = Format::jpeg,
     .name = "jpeg",
     .mime_type = "image/jpeg",
     .extensions = format_extensions::jpeg,
     .lossy = true,
     .grey = true,
     .default_quality = 80,
     .scored = true},
    {.format = Format::png,
     .name = "png",
     .mime_type = "image/png",
     .extensions = format_extensions::png,
     .lossy = true,
     .lossless = true,
     .grey = true,
     .alpha = true,
     .max_bits = 16,
     .max_side = 2'147'483'647,
     .default_quality = 100,
     .scored = true},
    {.format = Format::webp,
     .name = "webp",
     .mime_type = "image/webp",
     .extensions = format_extensions::webp,
     .lossy = true,
     .lossless = true,
     .alpha = true,
     .animation = true,
     .max_side = 16'383,
     .default_quality = 80,
     .scored = true},
    {.format = Format::avif,
     .name = "avif",
     .mime_type = "image/avif",
     .extensions = format_extensions::avif,
     .lossy = true,
     .lossless = true,
     .alpha = true,
     .max_bits = 12,
     .max_side = 16'384,
     .default_quality = 50,
     .scored = true},
    {.format = Format::gif,
     .name = "gif",
     .mime_type = "image/gif",
     .extensions = format_extensions::gif,
     .lossy = true,
     .lossless = true,
     .alpha = true,
     .animation = true,
     .profile = false,
     .default_quality = 100},
    {.format = Format::tiff,
     .name = "tiff",
     .mime_type = "image/tiff",
     .extensions = format_extensions::tiff,
     .lossy = true,
     .lossless = true,
     .grey = true,
     .alpha = true,
     .pages = true,
     .max_bits = 32,
     .max_side = 2'147'483'647,
     .default_quality = 100},
    {.format = Format::jpegxl,
     .name = "jxl",
     .mime_type = "image/jxl",
     .extensions = format_extensions::jpegxl,
     .lossy = true,
     .lossless = true,
     .grey = true,
     .alpha = true,
     .max_bits = 16,
     .max_side = 262'144,  // of level 5
     .default_quality = 80,
     .scored = true},
    {.format = Format::heic,
     .name = "heic",
     .mime_type = "image/heic",
     .extensions = format_extensions::heic,
     .writable = false,
     .lossy = true,
     .alpha = true,
     .max_bits = 12},
    {.format = Format::svg,
     .name = "svg",
     .mime_type = "image/svg+xml",
     .extensions = format_extensions::svg,
     .writable = false,
     .lossless = true,
     .alpha = true,
     .profile = false},
    {.format = Format::qoi,
     .name = "qoi",
     .mime_type = "image/qoi",
     .extensions = format_extensions::qoi,
     .lossless = true,
     .alpha = true,
     .profile = false,
     .max_side = 2'147'483'647,
     .default_quality = 100},
};

/// Image formats that are common in photo folders but that imgmill does not open.
struct OtherPictures {
  std::string_view name;
  std::string_view extensions;  ///< lower case, separated by spaces
};
inline constexpr std::array other_pictures = {
    OtherPictures{"camera raw",
                  "cr2 cr3 crw nef nrw arw srf sr2 dng orf rw2 raf pef srw 3fr erf kdc dcr mrw "
                  "mos iiq x3f rwl"},
    OtherPictures{"BMP", "bmp dib"},
    OtherPictures{"icon", "ico cur icns"},
    OtherPictures{"Photoshop", "psd psb"},
    OtherPictures{"GIMP", "xcf"},
    OtherPictures{"JPEG 2000", "jp2 j2k j2c jpf jpx"},
    OtherPictures{"JPEG XR", "jxr wdp hdp"},
    OtherPictures{"Netpbm", "ppm pgm pbm pnm pam"},
    OtherPictures{"TGA", "tga"},
    OtherPictures{"PCX", "pcx"},
    OtherPictures{"OpenEXR", "exr"},
    OtherPictures{"Radiance", "hdr"},
    OtherPictures{"DDS", "dds"},
    OtherPictures{"PostScript", "eps ai ps"},
};

}  // namespace imgmill
