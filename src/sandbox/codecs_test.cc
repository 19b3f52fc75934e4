// Tests the engine inside the sandbox: every format to every other, each effort, rotated and
// resized. The bytes must equal those made outside.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/engine.h"
#include "imgmill/format.h"
#include "imgmill/optimize.h"
#include "platform/memory.h"
#include "platform/thread.h"
#include "support/make.h"
#include "support/raster.h"
#include "support/sandboxed_child.h"

namespace imgmill {
namespace {

using test::Bytes;
using test::ChildReport;

struct Work {
  std::string name;
  Bytes input;
  ImageSettings settings;
};

std::vector<Work> matrix(Effort effort) {
  std::vector<Work> all;
  for (const FormatInfo& from : test::made_formats()) {
    const Bytes input = test::make(from.format, test::graphic(160, 120));
    for (const FormatInfo& to : test::written_formats()) {
      ImageSettings settings;
      settings.effort = effort;
      settings.output_format = to.format;
      settings.resize.mode = ResizeMode::percent;
      settings.resize.percent = 70;
      all.push_back({fmt::format("{} to {}", from.name, to.name), input, settings});
    }
  }
  return all;
}

Bytes bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::vector<Work> special() {
  std::vector<Work> all;
  const auto add = [&](std::string name, Bytes input, Format to) {
    ImageSettings settings;
    settings.output_format = to;
    settings.colour = ColourPolicy::to_srgb;
    all.push_back({std::move(name), std::move(input), settings});
  };
  const test::Raster large = test::photo(500, 400);
  test::Raster inks(64, 48, 4);
  inks.cmyk = true;
  add("turned JPEG", test::make_jpeg(large, {.exif = test::exif_block(6)}), Format::webp);
  add("turned JPEG into JPEG", test::make_jpeg(large, {.exif = test::exif_block(6)}), Format::jpeg);
  add("progressive JPEG", test::make_jpeg(large, {.progressive = true}), Format::png);
  add("interlaced PNG", test::make_png(large, {.interlaced = true}), Format::avif);
  add("JPEG XL turned in itself", test::make_jxl(large, {.orientation = 6}), Format::webp);
  add("JPEG packed as JPEG XL", test::make_jpeg(large), Format::jpegxl);
  all.back().settings.compression = Compression::lossless;
  all.back().settings.colour = ColourPolicy::keep_profile;
  if (test::can_make_heic()) {
    add("10-bit HEIC", test::make_heic(test::photo(300, 200, 4, 10), {.turn = 90}), Format::png);
  }
  add("CMYK JPEG", test::make_jpeg(inks), Format::png);
  add("16 bits", test::make_png(test::photo(300, 200, 4, 16)), Format::tiff);
  add("animated GIF", test::make_gif(test::movie(64, 48, 5)), Format::webp);
  add("animated WebP", test::make_webp(test::movie(64, 48, 5)), Format::gif);
  add("drawing with everything that a renderer might look for elsewhere", bytes_of(R"svg(
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 90 60">
  <style>@import url("http://localhost/a.css"); .a { fill: url(#g); font-family: serif }</style>
  <linearGradient id="g"><stop stop-color="#ff0000"/><stop offset="1.0" stop-color="blue"/></linearGradient>
  <filter id="f"><feTurbulence baseFrequency="0.05"/><feGaussianBlur stdDeviation="1.50"/></filter>
  <rect class="a" width="30.00" height="60" filter="url(#f)"/>
  <path d="M 30.123456 10 A 10 10 0 0 1 50.5 10.25 L 40 50 z" stroke="#00ff00" stroke-width="1.2345678"/>
  <image width="9" height="9" xlink:href="file:///etc/hostname"/>
  <image width="9" height="9" xlink:href="data:image/png;base64,iVBORw0KGgo="/>
  <switch><text systemLanguage="de" x="5" y="5">Text</text><text x="5" y="5">text</text></switch>
  <switch><g systemLanguage="de"><path d="M 0.00 0 h 9 v 9 z"/></g><path d="M 0.00 0 h 9 v 9 z"/></switch>
  <image width="9" height="9" xlink:href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'%3E%3Ctext y='9'%3Ea%3C/text%3E%3C/svg%3E"/>
</svg>
)svg"),
      Format::webp);
  add("damaged PNG", Bytes(1000, std::byte{0x89}), Format::png);
  return all;
}

/// Runs each job in a child, outside or inside the sandbox, and returns the outputs.
ChildReport results(SandboxMode mode, const std::vector<Work>& all) {
  // Shared memory, to see how far a child got that has died.
  auto* at = static_cast<std::size_t*>(mmap(nullptr, sizeof(std::size_t), PROT_READ | PROT_WRITE,
                                            MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  const auto before = [] {
    // A worker's stderr is a pipe. With a file, which may not grow in the sandbox, fontconfig could
    // not print warnings.
    if (std::freopen("/dev/null", "w", stderr) == nullptr) return false;
    // Above this size libvips would use a temporary file.
    setenv("VIPS_DISC_THRESHOLD", "100k", 1);
    start_engine();
    keep_freed_memory(2);
    return true;
  };
  const test::ChildPlan plan{
      .choices = {.mode = mode},
      .limits = {.address_space = std::uint64_t{4} << 30, .cpu_seconds = 600, .threads = 64},
      .before = before};
  ChildReport report = in_sandbox(plan, [&] {
    std::string text;
    for (*at = 0; *at < all.size(); ++*at) {
      const Work& work = all[*at];
      const auto made = optimize(work.input, work.settings);
      const std::string outcome =
          made ? fmt::format("{:016x}", std::hash<std::string_view>()(std::string_view(
                                            reinterpret_cast<const char*>(made->bytes.data()),
                                            made->bytes.size())))
               : made.error().describe();
      text += fmt::format("{}: {}\n", work.name, outcome);
    }
    return text;
  });
  if (*at < all.size()) report.failure += " ended at " + all[*at].name;
  munmap(at, sizeof(std::size_t));
  return report;
}

void expect_same_inside(const std::vector<Work>& all) {
  const ChildReport outside = results(SandboxMode::off, all);
  const ChildReport inside = results(SandboxMode::automatic, all);
  ASSERT_NE(outside.said, "") << outside.failure << outside.signal;
  EXPECT_EQ(inside.said, outside.said)
      << "trapped: " << inside.trapped << ", signal: " << inside.signal << inside.failure;
}

/// The child that enters the sandbox is forked from this process. A copy of a running engine would
/// wait forever for threads that were not forked with it.
class CodecsInTheSandbox : public testing::Test {
 protected:
  void SetUp() override {
    if (!built_with_sanitizer() && thread_count() > 1) {
      GTEST_SKIP() << "other tests have used the engine here; ctest runs each test alone";
    }
  }
};

TEST_F(CodecsInTheSandbox, EveryFormatIntoEveryOther) {
  expect_same_inside(matrix(Effort::balanced));
}
TEST_F(CodecsInTheSandbox, InHaste) { expect_same_inside(matrix(Effort::fast)); }
TEST_F(CodecsInTheSandbox, WithAllEffort) { expect_same_inside(matrix(Effort::max)); }
TEST_F(CodecsInTheSandbox, TurnedInterlacedAnimatedAndDamaged) { expect_same_inside(special()); }

}  // namespace
}  // namespace imgmill
