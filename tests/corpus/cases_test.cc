// Kinds of files that users of other tools complained about (shared/cases); results are checked
// with independent programs.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "cli/program.h"
#include "imgmill/format.h"
#include "support/decode.h"
#include "support/raster.h"

namespace imgmill::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::optional<fs::path> cases() {
  const char* named = std::getenv("IMGMILL_CASES");
  const fs::path folder =
      named != nullptr ? fs::path(named) : test::source_path() / "../shared/cases";
  if (!fs::is_directory(folder)) return std::nullopt;
  return fs::canonical(folder);
}

#define NEED_CASES(part)                                                    \
  const auto all_cases = cases();                                           \
  if (!all_cases || !fs::exists(*all_cases / (part))) {                     \
    GTEST_SKIP() << "no cases with " << (part)                              \
                 << ": set IMGMILL_CASES to their folder to run this test"; \
  }                                                                         \
  const fs::path from = *all_cases / (part)

// Returns the output of a program; nullopt if it is not installed.
std::optional<std::string> output_of(const std::string& command) {
  const std::string program = command.substr(0, command.find(' '));
  if (std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) != 0) return std::nullopt;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
      popen((command + " 2>&1").c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> part{};
  while (const std::size_t got = std::fread(part.data(), 1, part.size(), pipe.get())) {
    text.append(part.data(), got);
  }
  return text;
}

#define NEED_PROGRAM(name)                                              \
  if (!output_of(std::string(name) + " -ver")) {                        \
    GTEST_SKIP() << "no " << (name) << ": install it to run this test"; \
  }

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Returns the value of a tag according to ExifTool; empty if there is none.
std::string exif_tag(const fs::path& file, const std::string& tag) {
  const auto text = output_of("exiftool -s3 -n -" + tag + " '" + file.string() + "'");
  std::string value = text.value_or("");
  while (!value.empty() && value.back() == '\n') value.pop_back();
  return value;
}

json one_result(const Folder& folder, std::vector<std::string> arguments, int* status = nullptr) {
  arguments.insert(arguments.begin(), "optimize");
  for (const char* more : {"--report", "report.json", "--progress", "none", "--cache", "off"}) {
    arguments.emplace_back(more);
  }
  const Outcome run = imgmill(folder, arguments);
  if (status != nullptr) *status = run.status;
  const json report = json::parse(bytes_of(folder / "report.json"));
  return report["results"].at(0);
}

fs::path output_in(const Folder& folder, const fs::path& input, const std::string& extension) {
  fs::path name = folder / "out" / input.filename();
  if (!extension.empty()) name.replace_extension(extension);
  return name;
}

bool noted(const json& result, std::string_view part) {
  return std::ranges::any_of(result["notes"], [&](const json& note) {
    return note.get<std::string>().find(part) != std::string::npos;
  });
}

TEST(Cases, RawFilesAreRefusedAndLeftAlone) {
  NEED_CASES("04-raw-and-layered-tiff");
  for (const char* name : {"DSC_0001.NEF", "recovered.tif"}) {
    const Folder folder;
    fs::copy_file(from / name, folder / name);
    int status = 0;
    const json result = one_result(
        folder, {name, "--in-place", "--lossless", "--keep", "all", "--all-files"}, &status);
    EXPECT_EQ(status, 1) << name;
    EXPECT_FALSE(result["success"].get<bool>()) << name;
    EXPECT_NE(result["error"].get<std::string>().find("raw file"), std::string::npos);
    EXPECT_EQ(bytes_of(folder / name), bytes_of(from / name)) << name;
  }
}

TEST(Cases, LayersOfATiffStay) {
  NEED_CASES("04-raw-and-layered-tiff");
  for (const std::vector<std::string>& how :
       std::vector<std::vector<std::string>>{{}, {"--lossless"}, {"-q", "60"}, {"--keep", "all"}}) {
    const Folder folder;
    std::vector<std::string> arguments{(from / "layers.tif").string(), "-o", "out"};
    arguments.insert(arguments.end(), how.begin(), how.end());
    const json result = one_result(folder, arguments);
    ASSERT_TRUE(result["success"].get<bool>()) << result["error"];
    const std::string after = bytes_of(folder / "out" / "layers.tif");
    EXPECT_NE(after.find("Adobe Photoshop Document Data Block"), std::string::npos);
    EXPECT_TRUE(noted(result, "would be lost")) << result["notes"];
  }
}

TEST(Cases, MotionPhotosKeepBothOrNeither) {
  NEED_CASES("05-motion-photo");
  NEED_PROGRAM("exiftool");
  const fs::path input = from / "PXL.MP.jpg";
  const std::string before = bytes_of(input);
  const std::string video = before.substr(before.rfind("ftyp") - 4);
  {
    const Folder folder;
    const json result = one_result(folder, {input.string(), "-o", "out", "--keep", "all"});
    ASSERT_TRUE(result["success"].get<bool>()) << result["error"];
    EXPECT_TRUE(bytes_of(folder / "out" / "PXL.MP.jpg").ends_with(video));
    EXPECT_EQ(exif_tag(folder / "out" / "PXL.MP.jpg", "MotionPhoto"), "1");
  }
  {
    const Folder folder;
    const json result = one_result(folder, {input.string(), "-o", "out"});
    ASSERT_TRUE(result["success"].get<bool>()) << result["error"];
    EXPECT_EQ(bytes_of(folder / "out" / "PXL.MP.jpg").find("ftyp"), std::string::npos);
    EXPECT_EQ(exif_tag(folder / "out" / "PXL.MP.jpg", "MotionPhoto"), "");
    EXPECT_TRUE(noted(result, "the video of a motion photo"));
  }
}

TEST(Cases, OrientationIsToldOnce) {
  NEED_CASES("06-xmp-orientation");
  NEED_PROGRAM("exiftool");
  for (const char* format : {"webp", "png", "avif", "jxl"}) {
    const Folder folder;
    const json result = one_result(folder, {(from / "a.jpg").string(), "-o", "out", "-f", format,
                                            "--keep", "all", "-q", "80"});
    ASSERT_TRUE(result["success"].get<bool>()) << result["error"];
    const fs::path output = output_in(folder, "a.jpg", format);
    for (const char* tag : {"IFD0:Orientation", "XMP-tiff:Orientation"}) {
      const std::string value = exif_tag(output, tag);
      EXPECT_TRUE(value.empty() || value == "1") << format << " " << tag << " " << value;
    }
  }
}

TEST(Cases, ResolutionStays) {
  NEED_CASES("17-dpi");
  NEED_PROGRAM("exiftool");
  for (const char* name : {"exif300.jpg", "jfif300.jpg", "png300.png"}) {
    for (const char* format : {"", "jpeg", "png", "webp", "avif", "jxl", "tiff"}) {
      const Folder folder;
      std::vector<std::string> arguments{(from / name).string(), "-o", "out"};
      if (*format != 0) arguments.insert(arguments.end(), {"-f", format});
      const json result = one_result(folder, arguments);
      ASSERT_TRUE(result["success"].get<bool>()) << result["error"];
      const fs::path output = fs::path(result["optimized_path"].get<std::string>());
      const fs::path file = output.is_absolute() ? output : folder / output;
      const std::string inches = exif_tag(file, "XResolution");
      const std::string metres = exif_tag(file, "PixelsPerUnitX");
      EXPECT_TRUE(inches.find("300") != std::string::npos ||
                  metres.find("11811") != std::string::npos)
          << name << " to " << format << ": " << inches << metres;
    }
  }
}

TEST(Cases, SmallPicturesLookTheSame) {
  NEED_CASES("19-small-pictures");
  constexpr double least = 30;  // dB
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path input = entry.path();
    const Format format = input.extension() == ".png" ? Format::png : Format::jpeg;
    const Raster before = rgba(decode(as_bytes(bytes_of(input)), format).picture(), 8);
    for (const char* target : {"", "webp", "avif", "jpeg"}) {
      const Folder folder;
      std::vector<std::string> arguments{input.string(), "-o", "out", "--target", "80"};
      if (*target != 0) arguments.insert(arguments.end(), {"-f", target});
      const json result = one_result(folder, arguments);
      if (!result["success"].get<bool>()) continue;  // "out of reach" is a correct answer
      const auto to = format_named(result["format"].get<std::string>());
      const fs::path output = result["optimized_path"].get<std::string>();
      const std::string bytes = bytes_of(output.is_absolute() ? output : folder / output);
      const Raster after = rgba(decode(as_bytes(bytes), *to).picture(), 8);
      EXPECT_GE(psnr(before, after), least) << input.filename() << " to " << target;
    }
  }
}

TEST(Cases, OnlyAMissingEndMarkerIsMended) {
  NEED_CASES("26-no-eoi");
  for (const std::vector<std::string>& how : std::vector<std::vector<std::string>>{
           {}, {"--lossless"}, {"-q", "60"}, {"-f", "webp"}, {"--keep", "all"}}) {
    const Folder folder;
    std::vector<std::string> arguments{(from / "no-eoi.jpg").string(), "-o", "out"};
    arguments.insert(arguments.end(), how.begin(), how.end());
    const json result = one_result(folder, arguments);
    ASSERT_TRUE(result["success"].get<bool>()) << result["error"];
    EXPECT_TRUE(noted(result, "end")) << result["notes"];
  }
}

TEST(Cases, AnimationsAreWhatIsSeenOverTime) {
  for (const char* part : {"08-gif-timeline", "09-gif-uncovered", "28-animation", "18-apng"}) {
    NEED_CASES(part);
    for (const auto& entry : fs::directory_iterator(from)) {
      for (const std::vector<std::string>& how : std::vector<std::vector<std::string>>{
               {}, {"-f", "webp"}, {"-f", "webp", "--lossless"}, {"-f", "webp", "-q", "60"}}) {
        const Folder folder;
        std::vector<std::string> arguments{entry.path().string(), "-o", "out"};
        arguments.insert(arguments.end(), how.begin(), how.end());
        const json result = one_result(folder, arguments);
        EXPECT_TRUE(result["success"].get<bool>())
            << entry.path().filename() << ": " << result["error"];
      }
    }
  }
}

TEST(Cases, DrawingsAreNotCalledHostile) {
  for (const char* part : {"11-svg", "29-svg-called-hostile"}) {
    NEED_CASES(part);
    for (const auto& entry : fs::directory_iterator(from)) {
      const Folder folder;
      const json result = one_result(folder, {entry.path().string(), "-o", "out"});
      if (result["success"].get<bool>()) continue;
      const std::string error = result["error"].get<std::string>();
      EXPECT_EQ(error.find("hostile"), std::string::npos) << entry.path().filename() << error;
      EXPECT_EQ(error.find("forbidden"), std::string::npos) << entry.path().filename() << error;
    }
  }
}

TEST(Cases, ColoursAndTransparencyAreConvertedOrTold) {
  for (const char* part :
       {"01-png-chrm", "02-linear-profile", "03-dcf-adobe-rgb", "10-avif-alpha", "12-tiff-float"}) {
    NEED_CASES(part);
    for (const auto& entry : fs::directory_iterator(from)) {
      // Two channels of unknown meaning, and a high dynamic range picture.
      if (entry.path().filename() == "extra2.tif") continue;
      if (entry.path().filename() == "bt2020.avif") continue;
      for (const char* format : {"", "jpeg", "webp", "png"}) {
        const Folder folder;
        std::vector<std::string> arguments{entry.path().string(), "-o", "out"};
        if (*format != 0) arguments.insert(arguments.end(), {"-f", format});
        const json result = one_result(folder, arguments);
        EXPECT_TRUE(result["success"].get<bool>())
            << entry.path().filename() << " to " << format << ": " << result["error"];
      }
    }
  }
}

}  // namespace
}  // namespace imgmill::test
