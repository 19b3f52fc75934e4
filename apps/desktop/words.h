// What the window itself says, in the languages of the page. Knows no GTK.
#pragma once

#include <span>

namespace imgmill::desktop {

/// What GTK has no words for. UTF-8, without full stops.
struct Words {
  const char* language;  ///< "de"
  const char* tagline;
  const char* engine_ended;
  const char* page_not_shown;
  const char* start_again;
};

/// All of them, English first.
[[nodiscard]] std::span<const Words> all_words();
/// Those of the first of `languages` ("de_AT.UTF-8", "de", "C"; the one most wished for first)
/// that there are words in; English where there are none.
[[nodiscard]] const Words& words_for(std::span<const char* const> languages);

}  // namespace imgmill::desktop
