#include "server/http/zip_stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "support/scratch_folder.h"

namespace imgmill::server {
namespace {

using test::ScratchFolder;

std::string drained(BodySource& source, std::size_t step) {
  std::string all;
  std::vector<char> room(step);
  for (;;) {
    const BodySource::Read got = source.read(room);
    all.append(room.data(), got.bytes);
    if (got.state == BodySource::State::broken) return "broken";
    if (got.state == BodySource::State::end) return all;
  }
}

std::map<std::string, std::string> read_back(const std::string& bytes) {
  std::map<std::string, std::string> entries;
  archive* const zip = archive_read_new();
  archive_read_support_format_zip(zip);
  archive_read_open_memory(zip, bytes.data(), bytes.size());
  archive_entry* entry = nullptr;
  for (int status = ARCHIVE_OK;;) {
    status = archive_read_next_header(zip, &entry);
    // A name that the test's locale cannot represent is a warning.
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) break;
    const char* name = archive_entry_pathname_utf8(entry);
    std::string& contents = entries[name == nullptr ? "unspeakable here" : name];
    char part[1000];
    for (la_ssize_t got = 0; (got = archive_read_data(zip, part, sizeof(part))) > 0;) {
      contents.append(part, static_cast<std::size_t>(got));
    }
  }
  archive_read_free(zip);
  return entries;
}

ZipEntries entries_of(const ScratchFolder& folder, std::vector<std::string> names) {
  return [&folder, names = std::move(names),
          at = std::size_t{0}]() mutable -> std::optional<ZipEntry> {
    if (at == names.size()) return std::nullopt;
    auto file = open_file(folder / std::to_string(at));
    return ZipEntry{names[at++], *std::move(file)};
  };
}

TEST(ZipStream, HoldsTheFilesAsTheyAre) {
  const ScratchFolder folder;
  std::ofstream(folder / "0") << std::string(200'000, 'a');
  std::ofstream(folder / "1") << "second";
  const std::string accented = "sub/\xc3\xa9.png";
  for (const std::size_t step : {7UL, 1000UL, 100'000UL}) {
    const auto zip = zip_of(entries_of(folder, {"one.jpg", accented}));
    const std::string bytes = drained(*zip, step);
    // Stored, so larger than the files, by no more than a few headers.
    EXPECT_GT(bytes.size(), 200'006U);
    EXPECT_LT(bytes.size(), 200'006U + 600);
    const auto entries = read_back(bytes);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries.at("one.jpg"), std::string(200'000, 'a'));
    EXPECT_EQ(entries.rbegin()->second, "second");
    // The name is in UTF-8, and the flag for it (APPNOTE 4.4.4, bit 11) is set in the central
    // directory.
    EXPECT_NE(bytes.find(accented), std::string::npos);
    const std::size_t record = bytes.rfind("PK\x01\x02");
    EXPECT_NE(bytes[record + 9] & 0x08, 0);
  }
}

TEST(ZipStream, NothingIsAnArchiveToo) {
  const auto zip = zip_of([] { return std::optional<ZipEntry>(); });
  const std::string bytes = drained(*zip, 100);
  EXPECT_EQ(bytes.size(), 22U);  // the end of central directory record alone
  EXPECT_TRUE(bytes.starts_with("PK\x05\x06"));
}

TEST(ZipStream, AFileThatShrinksBreaksIt) {
  const ScratchFolder folder;
  std::ofstream(folder / "0") << std::string(300'000, 'a');
  const auto zip = zip_of(entries_of(folder, {"a"}));
  std::vector<char> room(1000);
  EXPECT_GT(zip->read(room).bytes, 0U);
  std::filesystem::resize_file(folder / "0", 100);
  EXPECT_EQ(drained(*zip, 1000), "broken");
}

}  // namespace
}  // namespace imgmill::server
