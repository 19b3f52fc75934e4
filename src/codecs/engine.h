// The door to libvips: started once, its failures turned into errors.
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

/// Starts libvips if that has not been done: one thread an image, no operation
/// cache, nothing printed. Thread-safe.
void start_engine();

/// Threads the engine may use for each image from now on, all images of this process
/// alike; start_engine() sets 1. At least 1.
void set_engine_threads(int threads);
/// What that number is now: code of ours that shares an image among threads keeps to it, too.
[[nodiscard]] int engine_threads();

/// While it lives, the engine uses one thread, whatever set_engine_threads() said.
class OneEngineThread {
 public:
  OneEngineThread();
  ~OneEngineThread();
  OneEngineThread(const OneEngineThread&) = delete;
  OneEngineThread& operator=(const OneEngineThread&) = delete;

 private:
  int before_;
};

/// "8.18.7".
[[nodiscard]] std::string engine_version();

/// Notes that a thread is in the engine, and whether another was at the same time.
/// libvips collects the messages of all threads in one place: only of a thread
/// that had the engine to itself is it known whose they are.
class EngineVisit {
 public:
  EngineVisit();
  ~EngineVisit();
  EngineVisit(const EngineVisit&) = delete;
  EngineVisit& operator=(const EngineVisit&) = delete;
  /// Whether no other thread has been inside since this visit began.
  [[nodiscard]] bool alone() const;

 private:
  std::uint64_t visit_ = 0;  ///< its number, 0 for a visit within a visit
  bool met_others_ = false;
};

/// What went wrong in libvips, as an error of ours; `detail` is libvips's message, or
/// null when it may be another image's.
[[nodiscard]] Error engine_error(ErrorCode code, std::string what, const char* detail);
/// The same for out of memory and for exceptions nobody expected.
[[nodiscard]] Error engine_memory_error();
[[nodiscard]] Error engine_defect(const char* detail);

/// Runs `work`, which may throw as libvips's C++ interface does, and returns its
/// value or an error with `code` saying `what`.
template <typename Work>
[[nodiscard]] auto with_engine(ErrorCode code, const char* what, Work&& work)
    -> Result<std::invoke_result_t<Work>> {
  start_engine();
  const EngineVisit visit;
  vips_error_clear();  // warnings of earlier work would be read as reasons
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

/// A view of `bytes` for libvips's *_buffer functions; the caller's bytes stay
/// the caller's. To be released with vips_area_unref.
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

/// Takes over what a *_buffer saver returned, without copying.
[[nodiscard]] Buffer take_blob(VipsBlob* blob);

/// Whether this libvips's `operation` ("gifsave_buffer") has option `name`: a
/// system's may be older than the pinned one.
[[nodiscard]] bool offers(const char* operation, const char* name);

/// Sets a save option that keeps the ICC profile and nothing else, whatever
/// this libvips calls it.
void keep_profile_only(vips::VOption* options);
/// The same, and EXIF or XMP with it.
void keep_profile_and(vips::VOption* options, bool exif, bool xmp);

/// The ICC profile that comes with the pixels; refers to the image's memory. Empty: there is none.
[[nodiscard]] ByteView profile_of(const vips::VImage& image);
/// Gives the pixels a profile, unless that is empty. Only for images that nobody else has yet.
void embed_profile(const vips::VImage& image, ByteView profile);

/// Removes every metadata field but the profile, resolution and what animation
/// needs, so that a saver without a `keep` option writes none either.
[[nodiscard]] vips::VImage without_metadata(const vips::VImage& image);

/// The options every loader takes.
[[nodiscard]] vips::VOption* load_options(const DecodeOptions& options, VipsFailOn refuse);

/// The header field for bits a sample; older libvips have no name for it.
inline constexpr const char* bits_per_sample = "bits-per-sample";

/// An integer header field, or `otherwise`.
[[nodiscard]] int header_int(const vips::VImage& image, const char* name, int otherwise);

}  // namespace imgmill
