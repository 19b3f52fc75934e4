#include "sets/set_writer.h"

#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "base/utf8.h"
#include "batch/collision.h"
#include "pipeline/result_store.h"
#include "platform/atomic_file.h"
#include "sets/html.h"
#include "store/output_file.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;

/// Snippets lie beside their variants.
constexpr std::string_view html_extension = ".html";

}  // namespace

Result<PlacedText> write_text(const fs::path& path, std::string_view text, Replace replace) {
  IMGMILL_CHECK(make_folders(path.parent_path()));
  IMGMILL_TRY(AtomicFile file, AtomicFile::create(path));
  IMGMILL_CHECK(file.write(as_bytes(text)));
  file.default_permissions();
  IMGMILL_CHECK(file.sync());
  IMGMILL_TRY(const Committed committed, file.commit(replace));
  return PlacedText{committed == Committed::placed, file.placed()};
}

Result<std::string> SetWriter::write(const Source& source,
                                     const std::vector<ChosenVariant>& variants,
                                     const Placeholder& placeholder) {
  const SetTask& what = source.what;
  SetEntry entry{.source = what.source(),
                 .width = placeholder.width,
                 .height = placeholder.height,
                 .thumb_hash = placeholder.thumb_hash,
                 .dominant = placeholder.dominant,
                 .data_uri = placeholder.data_uri};
  struct File {
    fs::path path;
    ByteView bytes;
  };
  std::vector<File> files;
  for (const ChosenVariant& variant : variants) {
    const Optimized& made = *variant.made;
    const VariantNames::Variant facts{made.format, made.width, made.height,
                                      content_hash(variant.bytes)};
    const std::string name =
        context_.names.name_for(what.task.input_path.filename().native(), facts);
    entry.variants.push_back({what.folder + name, made.format, made.width, made.height,
                              variant.bytes.size(), made.judgement.score});
    files.push_back({context_.output / entry.variants.back().path, variant.bytes});
  }
  std::string html;
  if (context_.options.html) {
    html = html_of(entry, context_.options);
    entry.html = html;
    const std::string name = entry.source + std::string(html_extension);
    files.push_back({context_.output / name, as_bytes(html)});
  }
  for (const File& file : files) IMGMILL_CHECK(claim(source, file.path));

  std::vector<SetRecords::File> placed;
  bool all_known = true;
  for (const File& file : files) {
    IMGMILL_TRY(const std::optional<FileFacts> facts, place(source, file.path, file.bytes));
    if (facts) placed.push_back({file.path, *facts});
    all_known = all_known && facts;
  }
  std::string json = to_json(entry);
  if (context_.records != nullptr) {
    const bool sure = source.lasting && all_known;
    context_.records->record(what.task.input_path,
                             sure ? std::optional(source.facts) : std::nullopt, what.recipe, json,
                             placed);
  }
  return json;
}

/// Patterns cannot tell all names apart: "a-480w" may be part of a name.
Result<void> SetWriter::claim(const Source& source, const fs::path& path) {
  const std::uint64_t index = source.what.index;
  const fs::path& input = source.what.task.input_path;
  const std::lock_guard lock(mutex_);
  const auto [found, first] = claims_.try_emplace(fold_case(path.native()), index, input);
  if (first || found->second.index == index) return {};
  return std::unexpected(output_collision(found->second.input, input, path, Naming::by_pattern));
}

/// Returns the facts of the file that holds the bytes now, if they are certain.
Result<std::optional<FileFacts>> SetWriter::place(const Source& source, const fs::path& path,
                                                  ByteView bytes) {
  if (const auto there = facts_if_holding(path, bytes)) {
    return settled(*there) ? there : std::nullopt;
  }
  const fs::path& input = source.what.task.input_path;
  const bool ours = context_.records != nullptr && context_.records->made(path);
  const Replace replace = context_.overwrite || ours ? Replace::yes : Replace::never;
  if (replace == Replace::yes) {
    const std::optional<fs::path> other = context_.tasks.input_at(path);
    if (other) return std::unexpected(would_replace_input(input, *other));
  }
  if (path.native().ends_with(html_extension)) {
    IMGMILL_TRY(const PlacedText text, write_text(path, as_text(bytes), replace));
    if (!text.placed) return std::unexpected(output_exists(path));
    return text.facts;
  }
  IMGMILL_TRY(const Placed placed, write_output({path, bytes, source.facts, replace, input}));
  if (placed.committed != Committed::placed) return std::unexpected(output_exists(path));
  return placed.facts;
}

}  // namespace imgmill
