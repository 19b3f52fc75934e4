// Measures the scores that the encoders reach at each quality; the curves in the codecs' rows are
// fitted to them.
//
//   score_curves FORMAT QUALITY,QUALITY,... EFFORT FILE...
//
// Prints a CSV line per file and quality.
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/codec.h"
#include "codecs/engine.h"
#include "imgmill/format.h"
#include "platform/file.h"
#include "quality/features.h"
#include "quality/judge.h"

namespace {

using namespace imgmill;

std::vector<int> numbers_in(std::string_view text) {
  std::vector<int> numbers;
  while (!text.empty()) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return {};
    numbers.push_back(number);
    text.remove_prefix(std::min(text.size(), static_cast<std::size_t>(end - text.data()) + 1));
  }
  return numbers;
}

Result<Picture> decoded(ByteView bytes) {
  const std::optional<Format> format = sniff(bytes);
  if (!format) return std::unexpected(Error(ErrorCode::bad_input, "not an image"));
  IMGMILL_TRY(const ImageInfo info, codec(*format).probe(bytes));
  IMGMILL_TRY(Picture picture, codec(*format).decode(bytes, info, {}));
  return with_engine(ErrorCode::bad_input, "it cannot be decoded", [&] {
    picture.image = picture.image.copy_memory();
    return picture;
  });
}

struct Point {
  std::size_t size;
  double score;
  double seconds;  ///< encoding only
};

Result<Point> point(const Picture& picture, Judge& judge, const Codec& codec,
                    const EncodeOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  IMGMILL_TRY(const Buffer bytes, codec.encode(picture, options));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  IMGMILL_TRY(const Picture again, decoded(bytes.view()));
  IMGMILL_TRY(const Similarity similarity, judge.score(again));
  return Point{bytes.size(), similarity.score, took.count()};
}

Result<void> measure(const std::string& file, const Codec& codec, const std::vector<int>& qualities,
                     Effort effort) {
  IMGMILL_TRY(const FileContents input, read_file(file, std::uint64_t{1} << 30));
  IMGMILL_TRY(const Picture picture, decoded(input.bytes.view()));
  IMGMILL_TRY(Judge judge, Judge::create(picture));
  IMGMILL_TRY(const Features seen, features_of(picture));
  for (const int quality : qualities) {
    const EncodeOptions options{.quality = static_cast<double>(quality), .effort = effort};
    IMGMILL_TRY(const Point whole, point(picture, judge, codec, options));
    EncodeOptions quick = options;
    quick.draft = Draft::yes;
    IMGMILL_TRY(const Point draft, point(picture, judge, codec, quick));
    fmt::print("{},{},{},{},{},{},{:.4f},{},{:.4f},{},{:.4f},{:.4f},{:.4f},{:.4f},{:.3f},{:.3f}\n",
               file, codec.info.name, quality, picture.width(), picture.height(), whole.size,
               whole.score, draft.size, draft.score, seen.colours, seen.detail, seen.flat,
               seen.edges, seen.colour_detail, whole.seconds, draft.seconds);
    std::fflush(stdout);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Format> format = argc > 4 ? format_named(argv[1]) : std::nullopt;
  const std::vector<int> qualities = argc > 4 ? numbers_in(argv[2]) : std::vector<int>{};
  if (!format || qualities.empty()) {
    fmt::print(stderr, "write: score_curves FORMAT QUALITY,... fast|balanced|max FILE...\n");
    return 2;
  }
  const std::string_view word = argv[3];
  const Effort effort = word == "fast"  ? Effort::fast
                        : word == "max" ? Effort::max
                                        : Effort::balanced;
  fmt::print(
      "file,format,quality,width,height,size,score,draft_size,draft_score,colours,detail,flat,"
      "edges,colour_detail,seconds,draft_seconds\n");
  for (int i = 4; i < argc; ++i) {
    if (const auto done = measure(argv[i], codec(*format), qualities, effort); !done) {
      fmt::print(stderr, "{}: {}\n", argv[i], done.error().describe());
    }
  }
}
