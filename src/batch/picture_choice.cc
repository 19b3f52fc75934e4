#include "batch/picture_choice.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "base/try.h"
#include "platform/file.h"
#include "store/backup.h"

namespace imgmill {
namespace {

// A picture of 640 pixels takes some 60 kB; much larger ones would bloat the page.
constexpr std::size_t most_bytes = 400'000;

const ImageSettings& small() {
  static const ImageSettings settings = [] {
    ImageSettings s;
    s.quality.global = 80;
    s.output_format = Format::jpeg;
    s.resize = {.mode = ResizeMode::longest, .size = 640};
    s.keep = Keep::none();
    s.colour = ColourPolicy::to_srgb;
    s.effort = Effort::fast;
    s.animation = Animation::first_frame;
    return s;
  }();
  return settings;
}

/// Returns empty if there is no picture.
std::string picture_of(const Result<Buffer>& image, const ReportPictures& how) {
  if (!image) return {};
  Result<Optimized> made = how.make(image->view(), small(), how.limits);
  if (!made) return {};
  // No bytes of its own: the input, of this very format, is the smallest.
  const bool input = made->bytes.empty() && made->decision == Decision::kept;
  const ByteView bytes = input ? image->view() : made->bytes.view();
  if (sniff(bytes) != Format::jpeg || bytes.size() > most_bytes) return {};
  return std::string(as_text(bytes));
}

Result<Buffer> bytes_of(const std::filesystem::path& file, const ReportPictures& how) {
  IMGMILL_TRY(FileContents contents, read_file(file, how.limits.max_input_bytes));
  return std::move(contents.bytes);
}

SmallPictures pictures_of(const PictureChoice::Chosen& chosen, const ReportPictures& how) {
  SmallPictures pictures;
  const auto read = [&](PictureOf which, const std::filesystem::path& file) {
    return how.read ? how.read(chosen.index, which) : bytes_of(file, how);
  };
  const bool in_place = !how.read && chosen.original == chosen.output;
  std::optional<std::filesystem::path> original = chosen.original;
  if (in_place && !chosen.kept) {
    original.reset();
    if (how.backup_dir) original = backup_path(*how.backup_dir, chosen.original);
  }
  pictures.after = picture_of(read(PictureOf::output, chosen.output), how);
  if (chosen.kept && !pictures.after.empty()) {
    pictures.before = pictures.after;
  } else if (original) {
    pictures.before = picture_of(read(PictureOf::original, *original), how);
  }
  if (!original) {
    pictures.why = "Replaced in place without a backup: there is no picture of before.";
  } else if (pictures.before.empty() && pictures.after.empty()) {
    pictures.why = "No picture could be made of it.";
  } else if (pictures.before.empty()) {
    pictures.why = "No picture could be made of the original.";
  } else if (pictures.after.empty()) {
    pictures.why = "No picture could be made of the output.";
  }
  return pictures;
}

}  // namespace

void PictureChoice::consider(const OptimizationResult& result) {
  const bool made = result.success() && result.decision != Decision::planned &&
                    result.decision != Decision::skipped;
  if (most_ == 0 || !made) return;
  if (result.original_path == "-" || result.optimized_path == "-") return;
  Chosen chosen{.saved_bytes = result.saved_bytes(),
                .index = result.index,
                .original = result.original_path,
                .output = result.optimized_path,
                .kept = result.decision == Decision::kept};
  if (result.judgement.score) chosen.score = *result.judgement.score;
  chosen_.insert(std::move(chosen));
  if (chosen_.size() > most_) chosen_.erase(std::prev(chosen_.end()));
}

std::map<std::uint64_t, SmallPictures> small_pictures(const PictureChoice& choice,
                                                      const ReportPictures& how) {
  std::vector<const PictureChoice::Chosen*> wanted;
  for (const PictureChoice::Chosen& chosen : choice.chosen()) wanted.push_back(&chosen);
  std::vector<SmallPictures> made(wanted.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = 0; (i = next.fetch_add(1)) < wanted.size();) {
      made[i] = pictures_of(*wanted[i], how);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 1; i < how.width; ++i) threads.emplace_back(work);
    work();
  }
  std::map<std::uint64_t, SmallPictures> pictures;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    pictures.emplace(wanted[i]->index, std::move(made[i]));
  }
  return pictures;
}

}  // namespace imgmill
