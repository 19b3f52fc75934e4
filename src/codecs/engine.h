// Access to libvips: initialization, and conversion of its failures to errors.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vips/vips8>

#include "base/try.h"
#include "codecs/codec.h"
#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill {

/// Initializes libvips if that has not been done: one thread per image, no operation cache, nothing
/// printed. Thread-safe.
void start_engine();

/// Sets how many threads our own encoders may use per image from now on, process-wide; at first 1.
/// libvips always uses one.
void set_threads_per_image(int threads);
/// Returns that number, at least 1. Thread-safe.
[[nodiscard]] int threads_per_image();

/// Returns "8.18.7", for example.
[[nodiscard]] std::string engine_version();

/// Records that a thread is inside the engine, and whether another was at the same time. libvips
/// collects the messages of all threads in one place, so a message can only be attributed to a
/// thread that had the engine to itself.
class EngineVisit {
 public:
  EngineVisit();
  ~EngineVisit();
  EngineVisit(const EngineVisit&) = delete;
  EngineVisit& operator=(const EngineVisit&) = delete;
  /// True if no other thread has been inside since this visit began.
  [[nodiscard]] bool alone() const;

 private:
  std::uint64_t visit_ = 0;  ///< its number, 0 for a nested visit
  bool met_others_ = false;
};

/// Converts a libvips failure to an Error. `detail` is libvips's message, or null if it may belong
/// to another image.
[[nodiscard]] Error engine_error(ErrorCode code, std::string what, const char* detail);
/// The same for running out of memory and for unexpected exceptions.
[[nodiscard]] Error engine_memory_error();
[[nodiscard]] Error engine_defect(const char* detail);

/// Runs `work`, which may throw as libvips's C++ interface does. Returns its value, or an error
/// with `code` and the message `what`.
template <typename Work>
[[nodiscard]] auto with_engine(ErrorCode code, const char* what, Work&& work)
    -> Result<std::invoke_result_t<Work>> {
  start_engine();
  const EngineVisit visit;
  vips_error_clear();  // warnings of earlier work would be taken for the cause
  try {
    return std::forward<Work>(work)();
  } catch (const vips::VError& error) {
    return std::unexpected(engine_error(code, what, visit.alone() ? error.what() : nullptr));
  } catch (const std::bad_alloc&) {
    return std::unexpected(engine_memory_error());
  } catch (const std::exception& error) {
    return std::unexpected(engine_defect(error.what()));
  }
}

/// A view of `bytes` for libvips's *_buffer functions; does not own the bytes. Released with
/// vips_area_unref.
class BlobView {
 public:
  explicit BlobView(ByteView bytes) : blob_(vips_blob_new(nullptr, bytes.data(), bytes.size())) {}
  ~BlobView() { vips_area_unref(VIPS_AREA(blob_)); }
  BlobView(const BlobView&) = delete;
  BlobView& operator=(const BlobView&) = delete;
  [[nodiscard]] VipsBlob* get() const { return blob_; }

 private:
  VipsBlob* blob_;
};

/// Takes ownership of the result of a *_buffer saver without copying.
[[nodiscard]] Buffer take_blob(VipsBlob* blob);

/// True if this libvips's `operation` ("gifsave_buffer") has option `name`: a system's libvips may
/// be older than the pinned one.
[[nodiscard]] bool offers(const char* operation, const char* name);

/// Sets a save option that keeps only the ICC profile, under the name this libvips has for it.
void keep_profile_only(vips::VOption* options);
/// Also keeps EXIF or XMP.
void keep_profile_and(vips::VOption* options, bool exif, bool xmp);

/// Returns the ICC profile of the pixels, in the image's memory; empty if there is none.
[[nodiscard]] ByteView profile_of(const vips::VImage& image);
/// Attaches a profile to the pixels unless it is empty. Only for images that nobody else refers to
/// yet.
void embed_profile(const vips::VImage& image, ByteView profile);

/// Removes every metadata field but the profile, resolution and what animation needs, so that a
/// saver without a `keep` option writes none either.
[[nodiscard]] vips::VImage without_metadata(const vips::VImage& image);

/// Returns the options common to all loaders.
[[nodiscard]] vips::VOption* load_options(const DecodeOptions& options, VipsFailOn refuse);

/// The header field for bits per sample; older libvips have no name for it.
inline constexpr const char* bits_per_sample = "bits-per-sample";

/// Returns an integer header field, or `otherwise` if it is missing.
[[nodiscard]] int header_int(const vips::VImage& image, const char* name, int otherwise);

}  // namespace imgmill
