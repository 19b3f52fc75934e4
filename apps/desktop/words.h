// The texts of the window itself, in the languages of the page. Does not depend on GTK.
#pragma once

#include <span>

namespace imgmill::desktop {

/// Texts that GTK does not provide. UTF-8, without full stops.
struct Words {
  const char* language;  ///< "de"
  const char* tagline;
  const char* engine_ended;
  const char* page_not_shown;
  const char* start_again;
};

/// All languages, English first.
[[nodiscard]] std::span<const Words> all_words();
/// Returns the texts for the first of `languages` ("de_AT.UTF-8", "de", "C"; most preferred first)
/// that is available; English if none is.
[[nodiscard]] const Words& words_for(std::span<const char* const> languages);

}  // namespace imgmill::desktop
