#include "commands/configured.h"

#include "base/try.h"
#include "options/setting_language.h"
#include "terminal/logging.h"

namespace imgmill::cli {

Result<std::shared_ptr<SettingsBook>> book_for(const ConfigChoice& choice,
                                               std::span<const std::filesystem::path> inputs) {
  IMGMILL_TRY(std::shared_ptr<SettingsBook> book, SettingsBook::open(choice, setting_language()));
  for (const std::filesystem::path& input : inputs) IMGMILL_CHECK(book->add(input));
  return book;
}

void log_warnings(const SettingsBook& book) {
  for (const std::string& sentence : book.warnings()) {
    log_record(spdlog::level::warn, sentence, {});
  }
}

}  // namespace imgmill::cli
