#include "codecs/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <string_view>

#include "codecs/heic.h"

namespace imgmill {
namespace {

void swallow_log(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

// Current visits in the lower 16 bits, the number of visits started above them. With a single
// number, no visit can start unnoticed between reading the two.
constexpr int visit_shift = 16;
std::atomic<std::uint64_t> visits{0};
thread_local int depth = 0;
std::atomic<int> threads_granted = 1;

// libvips's message has one line for each layer that noticed the error; the first is the most
// informative. Its domain prefix ("VipsJpeg: ") means nothing to users.
std::string first_line(const char* detail) {
  std::string_view text = detail == nullptr ? "" : detail;
  text = text.substr(0, text.find('\n'));
  if (auto colon = text.find(": "); colon != std::string_view::npos && colon < 24) {
    text.remove_prefix(colon + 2);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.remove_suffix(1);
  return std::string(text);
}

// Options that libvips offers on its command line only, not as functions:
//
// libvips hands strips of 16 lines from thread to thread, and each handover may put a core to
// sleep. Strips of 256 lines halve the context switches of a 256-pixel JPEG (25 to 11) and cost a
// few megabytes for the widest pictures.
//
// Images over 100 MiB decoded would be unpacked into a temporary file, which no worker may open.
// Our limits decide how much may be in memory.
void set_options() {
  char program[] = "imgmill";
  char height[] = "--vips-fatstrip-height=256";
  char threshold[] = "--vips-disc-threshold=1000000000000";
  char* arguments[] = {program, height, threshold, nullptr};
  char** left = arguments;
  int count = 3;
  GOptionContext* context = g_option_context_new(nullptr);
  GOptionGroup* group = g_option_group_new("vips", "", "", nullptr, nullptr);
  vips_add_option_entries(group);
  g_option_context_set_main_group(context, group);
  g_option_context_parse(context, &count, &left, nullptr);  // on failure everything works, only
                                                            // slower
  g_option_context_free(context);
}

}  // namespace

void start_engine() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (VIPS_INIT("imgmill") != 0) {
      vips_error_clear();
      return;  // every later call reports its own failure
    }
    set_options();
    start_heic();
    // More threads cost more memory than they save time: the rows come out of one decoder in order,
    // and each thread adds strips to every buffer between them. A PNG of 24 megapixels that is
    // compared with another takes 145 MB more with two. libaom's output would depend on it, too.
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_cache_set_max_mem(0);
    vips_cache_set_max_files(0);
    for (const char* domain : {"VIPS", "GLib", "GLib-GObject"}) {
      g_log_set_handler(domain,
                        static_cast<GLogLevelFlags>(G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE |
                                                    G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG),
                        swallow_log, nullptr);
    }
  });
}

void set_threads_per_image(int threads) { threads_granted = std::max(threads, 1); }

int threads_per_image() { return threads_granted; }

std::string engine_version() {
  return fmt::format("{}.{}.{}", vips_version(0), vips_version(1), vips_version(2));
}

EngineVisit::EngineVisit() {
  if (depth++ > 0) return;
  const std::uint64_t before = visits.fetch_add((std::uint64_t{1} << visit_shift) + 1);
  met_others_ = (before & ((1 << visit_shift) - 1)) != 0;
  visit_ = (before >> visit_shift) + 1;
}

EngineVisit::~EngineVisit() {
  if (--depth == 0) visits.fetch_sub(1);
}

bool EngineVisit::alone() const {
  return visit_ != 0 && !met_others_ && visits >> visit_shift == visit_;
}

Error engine_error(ErrorCode code, std::string what, const char* detail) {
  vips_error_clear();
  std::string line = first_line(detail);
  if (!line.empty()) what += fmt::format(" ({})", line);
  return Error(code, std::move(what));
}

Error engine_memory_error() {
  return Error(ErrorCode::limit, "there was not enough memory for this image",
               "run fewer images at once (--jobs), or lower --max-pixels");
}

Error engine_defect(const char* detail) {
  return Error(ErrorCode::internal, fmt::format("unexpected failure: {}", detail),
               "please report this with the image");
}

Buffer take_blob(VipsBlob* blob) {
  std::size_t size = 0;
  const void* data = vips_blob_get(blob, &size);
  // The saver has just made these bytes for us; there are no other references to them.
  auto* bytes = static_cast<std::byte*>(const_cast<void*>(data));
  return Buffer::adopt(bytes, size, [blob](std::byte*) { vips_area_unref(VIPS_AREA(blob)); });
}

bool offers(const char* operation, const char* name) {
  const GType type = vips_type_find("VipsOperation", operation);
  if (type == 0) return false;
  gpointer kind = g_type_class_ref(type);
  const bool found = g_object_class_find_property(G_OBJECT_CLASS(kind), name) != nullptr;
  g_type_class_unref(kind);
  return found;
}

void keep_profile_only(vips::VOption* options) { keep_profile_and(options, false, false); }

void keep_profile_and(vips::VOption* options, bool exif, bool xmp) {
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 15
  options->set("keep", VIPS_FOREIGN_KEEP_ICC | (exif ? VIPS_FOREIGN_KEEP_EXIF : 0) |
                           (xmp ? VIPS_FOREIGN_KEEP_XMP : 0));
#else
  // This libvips keeps whatever the picture has; without_metadata() has removed the rest.
  (void)options, (void)exif, (void)xmp;
#endif
}

ByteView profile_of(const vips::VImage& image) {
  if (image.get_typeof(VIPS_META_ICC_NAME) == 0) return {};
  std::size_t size = 0;
  const void* data = image.get_blob(VIPS_META_ICC_NAME, &size);
  return {static_cast<const std::byte*>(data), size};
}

void embed_profile(const vips::VImage& image, ByteView profile) {
  if (profile.empty()) return;
  vips_image_set_blob_copy(image.get_image(), VIPS_META_ICC_NAME, profile.data(), profile.size());
}

vips::VImage without_metadata(const vips::VImage& image) {
  vips::VImage copy = image.copy();
  gchar** fields = vips_image_get_fields(copy.get_image());
  for (gchar** field = fields; *field != nullptr; ++field) {
    const std::string_view name = *field;
    if (name.starts_with("exif-") || name == VIPS_META_XMP_NAME || name == VIPS_META_IPTC_NAME ||
        name == VIPS_META_PHOTOSHOP_NAME || name == VIPS_META_ORIENTATION ||
        name == VIPS_META_IMAGEDESCRIPTION || name == "jpeg-thumbnail-data" ||
        name.starts_with("png-comment-")) {
      copy.remove(*field);
    }
  }
  g_strfreev(fields);
  return copy;
}

vips::VOption* load_options(const DecodeOptions& options, VipsFailOn refuse) {
  return vips::VImage::option()
      ->set("access",
            options.access == Access::sequential ? VIPS_ACCESS_SEQUENTIAL : VIPS_ACCESS_RANDOM)
      ->set("fail_on", options.damage == Damage::refuse ? refuse : VIPS_FAIL_ON_ERROR);
}

int header_int(const vips::VImage& image, const char* name, int otherwise) {
  int value = otherwise;
  if (image.get_typeof(name) == G_TYPE_INT) value = image.get_int(name);
  return value;
}

}  // namespace imgmill
