#include "svg/cleaner.h"

#include <utility>

#include "svg/defaults.h"
#include "svg/leftovers.h"
#include "svg/traits.h"
#include "svg/values.h"
#include "svg/writer.h"

namespace imgmill::svg {
namespace {

constexpr int most_rounds = 4;

void clean_once(Document& document, const Traits& traits, Care care, const Keep& keep) {
  drop_instructions(document);
  if (traits.scripts) {
    // Scripts may count nodes and read anything.
    shrink_white_space(document);
    return;
  }
  drop_comments(document, keep);
  drop_metadata(document, keep);
  drop_editor_data(document);
  drop_white_space(document, traits);
  if (care != Care::text_only) {
    drop_without_effect(document, traits);
    shorten_values(document, traits,
                   care == Care::round        ? Rounding::usual
                   : care == Care::round_less ? Rounding::fine
                                              : Rounding::none);
    drop_defaults(document, traits);
    drop_empty_groups(document);
  }
  if (!traits.animation) drop_unused_namespaces(document);
}

}  // namespace

Cleaned clean(const Document& document, Care asked, const Keep& keep) {
  Cleaned cleaned;
  Document work = document;
  // One round may create work for the next: rounding shortens a path, an empty group leaves its
  // parent empty. It converges quickly.
  for (int round = 0; round < most_rounds; ++round) {
    const Traits traits = traits_of(work);
    const bool delicate =
        traits.scripts || traits.animation || traits.structural_rules || traits.outer_styles;
    cleaned.care = delicate ? Care::text_only : asked;
    clean_once(work, traits, cleaned.care, keep);
    std::string bytes = write(work);
    const bool settled = bytes == cleaned.bytes;
    cleaned.bytes = std::move(bytes);
    if (settled) break;
  }
  return cleaned;
}

}  // namespace imgmill::svg
