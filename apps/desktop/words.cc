#include "words.h"

#include <array>
#include <string_view>

namespace imgmill::desktop {
namespace {

constexpr std::array words = {
    Words{"en", "Images as small as they can be while looking the same", "The engine has ended",
          "The page cannot be shown", "Start again"},
    Words{"de", "Bilder so klein wie möglich, und sie sehen gleich aus", "Die Engine ist beendet",
          "Die Seite lässt sich nicht anzeigen", "Neu starten"},
    Words{"fr", "Des images aussi légères que possible, sans différence visible",
          "Le moteur s’est arrêté", "La page ne peut pas être affichée", "Redémarrer"},
    Words{"es", "Imágenes tan pequeñas como se pueda y con el mismo aspecto",
          "El motor ha terminado", "No se puede mostrar la página", "Iniciar de nuevo"},
    Words{"nl", "Afbeeldingen zo klein als kan, en ze zien er hetzelfde uit",
          "De engine is gestopt", "De pagina kan niet worden getoond", "Opnieuw starten"},
    Words{"ru", "Изображения как можно меньше, а выглядят так же", "Движок завершил работу",
          "Страницу не удаётся показать", "Запустить снова"},
    Words{"da", "Billeder så små som muligt, og de ser ens ud", "Motoren er sluttet",
          "Siden kan ikke vises", "Start igen"},
};

/// "de_AT.UTF-8@euro" -> "de"; the neutral locales count as English.
std::string_view language_of(std::string_view locale) {
  const std::string_view base = locale.substr(0, locale.find_first_of("_.@-"));
  return base == "C" || base == "POSIX" ? "en" : base;
}

}  // namespace

std::span<const Words> all_words() { return words; }

const Words& words_for(std::span<const char* const> languages) {
  for (const char* const locale : languages) {
    for (const Words& row : words) {
      if (language_of(locale) == row.language) return row;
    }
  }
  return words.front();
}

}  // namespace imgmill::desktop
