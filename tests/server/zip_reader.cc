#include "zip_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace imgmill::test {

std::map<std::string, std::string> read_zip(const std::string& bytes) {
  const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const locale_t before = ::uselocale(utf8);
  std::map<std::string, std::string> entries;
  const std::unique_ptr<archive, int (*)(archive*)> zip(archive_read_new(), archive_read_free);
  archive_read_support_format_zip(zip.get());
  int status = archive_read_open_memory(zip.get(), bytes.data(), bytes.size());
  archive_entry* entry = nullptr;
  while (status == ARCHIVE_OK &&
         (status = archive_read_next_header(zip.get(), &entry)) == ARCHIVE_OK) {
    const char* const name = archive_entry_pathname_utf8(entry);
    std::string& contents = entries[name == nullptr ? "?" : name];
    std::array<char, 65536> part{};
    la_ssize_t got = 0;
    while ((got = archive_read_data(zip.get(), part.data(), part.size())) > 0) {
      contents.append(part.data(), static_cast<std::size_t>(got));
    }
    if (got < 0) status = ARCHIVE_FATAL;
  }
  const char* const why = archive_error_string(zip.get());
  const std::string reason = why == nullptr ? "" : why;
  ::uselocale(before);
  ::freelocale(utf8);
  if (status != ARCHIVE_EOF) throw std::runtime_error("the archive is not sound: " + reason);
  return entries;
}

}  // namespace imgmill::test
