#include "server/jobs/pictures.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "base/try.h"
#include "platform/atomic_file.h"
#include "platform/io_error.h"
#include "server/http/api_error.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

constexpr std::array sizes = {64, 96, 128, 192, 256, 384, 512};
constexpr std::string_view variant_prefix = "variant:";

std::unexpected<Response> no(const Error& error) { return std::unexpected(api_error(error)); }

/// True for formats that every current browser shows.
bool shown_by_browsers(Format format) {
  return format == Format::jpeg || format == Format::png || format == Format::webp ||
         format == Format::gif || format == Format::avif;
}

Result<void> put(const fs::path& file, ByteView bytes) {
  IMGMILL_TRY(AtomicFile out, AtomicFile::create(file));
  IMGMILL_CHECK(out.write(bytes));
  IMGMILL_CHECK(out.commit(Replace::yes));
  return {};
}

ImageSettings for_thumbnails(int size) {
  ImageSettings settings;
  settings.quality.global = 75;
  settings.output_format = Format::webp;
  settings.resize = {.mode = ResizeMode::longest, .size = static_cast<std::uint32_t>(size)};
  settings.keep = Keep::none();
  settings.effort = Effort::fast;
  settings.colour = ColourPolicy::to_srgb;
  settings.animation = Animation::first_frame;
  return settings;
}

ImageSettings for_viewing(Format format) {
  ImageSettings settings;
  settings.output_format = format;
  settings.compression = Compression::lossless;
  settings.effort = Effort::fast;
  settings.animation = Animation::first_frame;
  return settings;
}

/// Returns the number in "variant:3".
std::optional<std::uint32_t> variant_number(std::string_view which) {
  if (!which.starts_with(variant_prefix)) return std::nullopt;
  which.remove_prefix(variant_prefix.size());
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(which.data(), which.data() + which.size(), number);
  if (error != std::errc() || end != which.data() + which.size()) return std::nullopt;
  return number;
}

OptimizationResult result_from(const ImageRow& row, const Optimized& output) {
  OptimizationResult result;
  result.index = row.index;
  result.original_size = row.original_size;
  result.optimized_size = output.bytes.size();
  result.input_format = output.input_format;
  result.format = output.format;
  result.adopt(output);
  return result;
}

}  // namespace

Result<Buffer> contents_of(const OpenFile& file, std::uint64_t max_bytes) {
  const std::uint64_t size = file.facts.size;
  if (size > max_bytes) return std::unexpected(too_large("the image", size, max_bytes));
  Buffer bytes = Buffer::uninitialised(size);
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t part = ::pread(file.descriptor.get(), bytes.data() + got, bytes.size() - got,
                                 static_cast<off_t>(got));
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) return std::unexpected(io_error(errno, "read", "the image"));
    if (part == 0) break;
    got += static_cast<std::size_t>(part);
  }
  bytes.shrink(got);
  return bytes;
}

Json variant_json(const Variant& variant) {
  const OptimizationResult& result = variant.result;
  const auto& score = result.judgement.score;
  Json json;
  json["variant"] = variant.number;
  json["size"] = result.optimized_size;
  json["score"] = score ? Json(*score) : Json(nullptr);
  json["quality"] = result.judgement.quality > 0 ? Json(result.judgement.quality) : Json(nullptr);
  json["format"] = info(result.format.value_or(Format::jpeg)).name;
  json["frames"] = result.frames;
  json["notes"] = result.notes;
  json["elapsed_ms"] = static_cast<double>(result.elapsed.count()) / 1000;
  json["settings"] = Json::parse(variant.settings_text, nullptr, false);
  return json;
}

Answer<fs::path> Pictures::cached(std::string_view id, const std::string& name) {
  auto folder = jobs_.cache_folder(id);
  if (!folder) return std::unexpected(std::move(folder).error());
  return *folder / name;
}

Answer<Buffer> Pictures::bytes_of(std::string_view id, const ImageRow& row,
                                  std::string_view which) {
  std::optional<Answer<OpenFile>> file;
  if (which == "original") {
    file = jobs_.open_original(id, row);
  } else if (which == "output") {
    file = jobs_.open_output(id, row);
  } else if (const auto number = variant_number(which)) {
    auto known = variant(id, row.index, *number);
    if (!known) return std::unexpected(std::move(known).error());
    auto opened = open_file(known->file);
    if (!opened) return std::unexpected(api_error(opened.error(), ApiError::not_found));
    file = *std::move(opened);
  }
  if (!file) {
    return std::unexpected(api_error(ApiError::bad_request,
                                     "it is not clear which picture is meant",
                                     "write original, output or variant:NUMBER"));
  }
  if (!*file) return std::unexpected(std::move(*file).error());
  auto bytes = contents_of(**file, limits_.max_input_bytes);
  if (!bytes) return no(bytes.error());
  return *std::move(bytes);
}

Answer<ImageSettings> Pictures::settings_of(std::string_view id, const ImageRow& row,
                                            std::string_view which) {
  if (const auto number = variant_number(which)) {
    auto known = variant(id, row.index, *number);
    if (!known) return std::unexpected(std::move(known).error());
    auto settings = job_settings(known->settings_text);
    if (!settings) return no(settings.error());
    return *std::move(settings);
  }
  auto settings = jobs_.settings_of(id, row);
  if (!settings) return std::unexpected(std::move(settings).error());
  return **settings;
}

Answer<Buffer> Pictures::reference_for(std::string_view id, const ImageRow& row,
                                       std::string_view which) {
  auto original = bytes_of(id, row, "original");
  if (!original) return original;
  auto asked = settings_of(id, row, which);
  if (!asked) return std::unexpected(std::move(asked).error());
  if (asked->resize.mode == ResizeMode::none) return original;
  Result<Optimized> smaller = fail(ErrorCode::unsupported, "");
  // TIFF is for pictures that PNG cannot hold, such as CMYK.
  for (const Format format : {Format::png, Format::tiff}) {
    ImageSettings settings = for_viewing(format);
    settings.resize = asked->resize;
    smaller = optimizer_.optimize(original->view(), settings, limits_);
    if (smaller || smaller.error().code() != ErrorCode::unsupported) break;
  }
  if (!smaller) return no(smaller.error());
  return std::move(smaller->bytes);
}

Answer<Response> Pictures::thumbnail(std::string_view id, const ImageRow& row, int size) {
  const int rounded =
      *std::ranges::lower_bound(sizes, std::clamp(size, sizes.front(), sizes.back()));
  auto file = cached(id, std::to_string(row.index) + "-thumbnail-" + std::to_string(rounded));
  if (!file) return std::unexpected(std::move(file).error());
  const auto answered = [](Body body) {
    return image_response(std::move(body), "image/webp")
        .with("Cache-Control", "private, max-age=86400, immutable");
  };
  if (auto there = open_file(*file)) {
    const std::uint64_t bytes = there->facts.size;
    return answered(FileBody{std::move(there->descriptor), bytes});
  }
  auto input = bytes_of(id, row, "original");
  if (!input) return std::unexpected(std::move(input).error());
  auto output = optimizer_.optimize(input->view(), for_thumbnails(rounded), limits_);
  if (!output) return no(output.error());
  // A variant that cannot be stored is made again next time.
  if (const auto kept = put(*file, output->bytes.view()); !kept) {
    return answered(std::move(output->bytes));
  }
  return answered(std::move(output->bytes));
}

Answer<Response> Pictures::view(std::string_view id, const ImageRow& row, std::string_view which) {
  auto input = bytes_of(id, row, which);
  if (!input) return std::unexpected(std::move(input).error());
  const std::optional<Format> format =
      sniff(input->view().first(std::min<std::size_t>(input->size(), sniff_bytes)));
  if (format && shown_by_browsers(*format)) {
    return image_response(*std::move(input), info(*format).mime_type)
        .with("Cache-Control", "no-cache");
  }
  Result<Optimized> output = optimizer_.optimize(input->view(), for_viewing(Format::png), limits_);
  if (!output && output.error().code() == ErrorCode::unsupported) {
    // Pictures that PNG cannot hold exactly are shown approximately.
    ImageSettings settings = for_viewing(Format::webp);
    settings.compression = Compression::lossy;
    settings.quality.global = 95;
    settings.colour = ColourPolicy::to_srgb;
    output = optimizer_.optimize(input->view(), settings, limits_);
  }
  if (!output) return no(output.error());
  // An SVG is sent as it is, gzipped or not; browsers unpack it given the header.
  const bool packed =
      output->format == Format::svg && as_text(output->bytes.view()).starts_with("\x1F\x8B");
  Response response = image_response(std::move(output->bytes), info(output->format).mime_type);
  if (packed) response.with("Content-Encoding", "gzip");
  return std::move(response.with("Cache-Control", "no-cache"));
}

Answer<Variant> Pictures::variant(std::string_view id, std::uint32_t index, std::uint32_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = variants_.find(Key(id, index));
  if (found != variants_.end()) {
    for (const Variant& variant : found->second) {
      if (variant.number == number) return variant;
    }
  }
  return std::unexpected(api_error(ApiError::not_found, "there is no such variant of the image",
                                   "the last 8 of each image are kept; make it again"));
}

Answer<Variant> Pictures::try_out(std::string_view id, const ImageRow& row,
                                  const std::string& settings_text) {
  auto settings = job_settings(settings_text);
  if (!settings) return std::unexpected(api_error(settings.error(), ApiError::bad_settings));
  settings->measure = true;  // a comparison needs the score, not only the size
  auto input = bytes_of(id, row, "original");
  if (!input) return std::unexpected(std::move(input).error());
  const auto start = std::chrono::steady_clock::now();
  auto output = optimizer_.optimize(input->view(), *settings, limits_);
  if (!output) return no(output.error());
  Variant variant;
  variant.result = result_from(row, *output);
  variant.result.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  variant.settings_text = settings_text;
  const Key key(id, row.index);
  {
    const std::lock_guard lock(mutex_);
    variant.number = ++numbers_[key];
  }
  auto file = cached(id, std::to_string(row.index) + "-variant-" + std::to_string(variant.number));
  if (!file) return std::unexpected(std::move(file).error());
  variant.file = *std::move(file);
  if (const auto kept = put(variant.file, output->bytes.view()); !kept) return no(kept.error());
  const std::lock_guard lock(mutex_);
  std::deque<Variant>& known = variants_[key];
  known.push_back(variant);
  if (known.size() > variants_kept) {
    std::error_code error;
    fs::remove(known.front().file, error);
    known.pop_front();
  }
  return variant;
}

Answer<ImageRow> Pictures::use(std::string_view id, std::uint32_t index, std::uint32_t number) {
  auto chosen = variant(id, index, number);
  if (!chosen) return std::unexpected(std::move(chosen).error());
  auto file = open_file(chosen->file);
  if (!file) return std::unexpected(api_error(file.error(), ApiError::not_found));
  auto bytes = contents_of(*file, std::uint64_t{1} << 40);
  if (!bytes) return no(bytes.error());
  return jobs_.replace_output(id, index, bytes->view(), chosen->result, chosen->settings_text);
}

void Pictures::forget(std::string_view id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(variants_, [&](const auto& entry) { return entry.first.first == id; });
  std::erase_if(numbers_, [&](const auto& entry) { return entry.first.first == id; });
}

}  // namespace imgmill::server
